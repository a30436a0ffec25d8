import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { blocksOf, readBooks, TRAINING_FILE } from './text.ts';

// Parts the training split from the validation split, once a study: trials see this file, and no book.
const folder = process.env.RATCHET_PREPARED;
if (folder === undefined) throw new Error('RATCHET_PREPARED names no folder: ratchet runs this');
writeFileSync(join(folder, TRAINING_FILE), Buffer.concat(blocksOf(readBooks(), 'training')));

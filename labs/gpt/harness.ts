import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_FILE } from './shapes.ts';
import { blocksOf, readBooks } from './text.ts';

/**
 * One trial: reads the training split and gives it to `trainer.ts`, in which the candidate's code runs.
 * That process may read this folder and the inference engine but not the books, so that no candidate sees the
 * validation split, by accident or otherwise (Node's permission model; native code is outside its reach).
 */
const here = import.meta.dirname;
const modules = join(here, '..', '..', 'node_modules');
const readable = [here, join(modules, 'onnxruntime-node'), join(modules, 'onnxruntime-common')];
const writable = [join(here, MODEL_FILE), process.env.RATCHET_METRICS].filter((path) => path !== undefined);

const trainer = spawnSync(
  process.execPath,
  [
    '--permission',
    '--allow-addons',
    '--disable-warning=SecurityWarning',
    ...readable
      .flatMap((path) => [...new Set([path, realpathSync(path)])])
      .map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    join(here, 'trainer.ts'),
  ],
  { input: Buffer.concat(blocksOf(readBooks(), 'training')), stdio: ['pipe', 'inherit', 'inherit'] },
);
if (trainer.error) throw new Error('the trainer could not be started', { cause: trainer.error });
process.exitCode = trainer.status ?? 1;

import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a link in the place of a folder does not lead the next checkout out of the slot',
  files: { 'below/file.txt': 'locked\n' },
  prepare: (lab) => {
    mkdirSync(outside(lab));
    return undefined;
  },
  candidates: (lab) => [
    `${SAME}; rm -rf below; ln -s '${outside(lab)}' below`,
    `${SAME}; rm -rf below; ln -s ../../../../.. below; ln -s '${outside(lab)}' more`,
  ],
  verdicts: Array(2).fill('invalid: its run changed below/file.txt: locked files'),
  afterwards: (lab) => expect(readdirSync(outside(lab))).toEqual([]),
};

const outside = ({ root }: { root: string }) => join(dirname(root), 'outside');

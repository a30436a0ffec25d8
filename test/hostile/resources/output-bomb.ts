import { statSync } from 'node:fs';
import { expect } from 'vitest';
import { studyFolder, trialFolder } from '../../../src/lab/folder.ts';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const FIVE_MIB = 5 * 1024 ** 2;

export const attack: Attack = {
  promise: 'a flood of output is read to its end, and little of it is kept',
  candidates: [`yes | head -c 100000000; ${SAME}`, `head -c 50000000 /dev/zero >&2; ${SAME}`],
  verdicts: ['discard: no difference', 'discard: no difference'],
  afterwards: ({ folder }, state) => {
    const trials = [...state.ended.keys()].map((trial) =>
      trialFolder(studyFolder(folder, state.study.study), trial),
    );
    for (const { output } of trials) expect(statSync(output).size).toBeLessThan(FIVE_MIB);
  },
};

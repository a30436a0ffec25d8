import { expect } from 'vitest';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const HUNDRED_MB = 100_000_000;
const KEPT = 10_000;

export const attack: Attack = {
  promise: 'a hypothesis of 100 MB is cut to what a ledger and a commit hold',
  candidates: () => [{ hypothesis: 'words '.repeat(HUNDRED_MB / 6), script: `${SAME} # again` }],
  verdicts: ['discard: no difference'],
  afterwards: ({ git }, { study }) => {
    const size = Number(git('cat-file', '-s', `refs/ratchet/${study.study}/1`));
    expect(size).toBeLessThan(KEPT);
  },
};

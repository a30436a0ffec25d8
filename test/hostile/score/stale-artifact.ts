import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'an artifact of an earlier trial is gone when the next begins',
  candidates: [
    'printf 0123456789abc > answer.txt; cp answer.txt "$TMPDIR"',
    'cp "$TMPDIR/answer.txt" .; true',
  ],
  verdicts: ['discard: worse by 3 points', 'invalid: the run left no answer.txt'],
};

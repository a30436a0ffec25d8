import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'an answer that a daemon would write after its run has ended is never written',
  candidates: [`(setsid sh -c 'sleep 1; printf 12 > answer.txt' > /dev/null 2>&1 &)`],
  verdicts: ['invalid: the run left no answer.txt'],
};

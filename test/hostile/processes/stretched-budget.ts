import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a budget that a candidate gives itself, or sleeps through, is the one of the program',
  program: ['budget: { trial: 1s, grace: 4s }'],
  candidates: [
    `export RATCHET_BUDGET=9999; trap '' TERM HUP INT XCPU ALRM; (setsid sleep 60 &); sleep 60 & wait; sleep 60; ${SAME}`,
  ],
  verdicts: [/^timeout: run used \d+\.\d s of wall time; the limit is 5 s$/],
};

import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

/** Whoever ignores SIGCHLD hides what its children used from `times`; the system's own count of the group has it. */
export const attack: Attack = {
  promise: 'CPU time of children that nobody waits for counts',
  program: ['budget: { trial: 1s cpu, grace: 1s }'],
  candidates: [
    `trap '' CHLD; while :; do sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done' & wait; done; ${SAME}`,
    `work() { while :; do :; done; }; (setsid sh -c 'while :; do :; done' &); (work &); sleep 60; ${SAME}`,
  ],
  // On a busy machine the clock on the wall is first.
  verdicts: Array(2).fill(
    /^timeout: run used \d+\.\d s of (cpu time; the limit is 2|wall time; the limit is 8) s$/,
  ),
};

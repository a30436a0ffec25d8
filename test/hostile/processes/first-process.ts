import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

/** The first process of the sandbox is the candidate's to torment: nothing of the engine's is in it. */
export const attack: Attack = {
  promise: 'a candidate that attacks the first process of its sandbox gains nothing',
  candidates: [
    `kill -KILL 1; kill -STOP 1; kill -SEGV 1; kill -TERM 1; ${SAME}`,
    gainIf('ls /proc/1/fd | grep -q "^[3-9]$"'),
    `strace -o trace -p 1 & sleep 0.2; kill $!; wait; ${SAME}`,
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

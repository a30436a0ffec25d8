import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

const OTHERS = "-not -path '/proc/[0-9]*' -not -path '/proc/self*' -not -path '/proc/thread-self*'";

export const attack: Attack = {
  promise: 'nothing of the system that /proc and /sys show can be written',
  candidates: [
    gainIf(`find /proc -type f -writable ${OTHERS} 2> /dev/null | grep -q .`),
    gainIf('find /sys -type f -writable 2> /dev/null | grep -q .'),
    gainIf('echo 0 > /proc/1/uid_map || echo -1000 > /proc/self/oom_score_adj'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

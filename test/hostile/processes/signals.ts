import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'the engine, and every other process of the machine, is out of reach of a signal',
  candidates: [
    gainIf(`kill -0 ${process.pid} || kill -0 ${process.ppid}`),
    gainIf('test "$(ls -d /proc/[0-9]* | wc -l)" -gt 12'),
    // Everything that it may send a signal to.
    'kill -KILL -1; exit 0',
  ],
  verdicts: [
    'discard: no difference',
    'discard: no difference',
    /^(invalid: the run left no answer.txt|crash: killed by SIGKILL)/,
  ],
};

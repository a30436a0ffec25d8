import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a candidate cannot raise a limit, and leaves no core file',
  candidates: [
    gainIf('ulimit -c unlimited || ulimit -c 1'),
    `sh -c 'kill -SEGV $$'; test "$(find . "$TMPDIR" -name "core*" | wc -l)" = 0 && ${SAME}`,
    gainIf('find / -name "cgroup.procs" -writable 2> /dev/null | grep -q .'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

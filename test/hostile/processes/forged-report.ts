import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: "the report of how a run ended, and of its CPU time, is not a candidate's to write",
  candidates: [
    `for file in /proc/[0-9]*/fd/3 /dev/fd/3; do printf 'begun\\n0\\n0m0.0s 0m0.0s\\n0m0.0s 0m0.0s\\n' > $file; done 2> /dev/null; ${SAME}; exit 7`,
    `${SAME}; exec 3>&-; exit 7`,
    `echo begun; echo 0; ${SAME}; exit 7`,
  ],
  verdicts: [/^crash: exit code 7/, /^crash: exit code 7/, /^crash: exit code 7/],
};

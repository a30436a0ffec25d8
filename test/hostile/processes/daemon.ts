import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const LOOP = 'while :; do date > beat; sleep 0.05; done';

export const attack: Attack = {
  promise: 'a daemon in a session of its own, without environment, folder and parent, ends with its trial',
  candidates: [
    `(setsid sh -c 'cd /; exec env -i /bin/sh -c "${LOOP}"' > /dev/null 2>&1 &); ${SAME}`,
    `(trap "" TERM HUP INT; setsid sh -c '(trap "" TERM; ${LOOP}) &' &) ; ${SAME}`,
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

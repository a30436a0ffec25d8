import type { Attack } from '../attack.ts';

const METRICS = '"$RATCHET_METRICS"';

export const attack: Attack = {
  promise:
    'a metrics file that is a pipe, a link, a folder or without end is invalid, and nobody waits for it',
  scoring: 'candidate-reported',
  candidates: [
    `mkfifo ${METRICS}; echo score: 2`,
    `ln -s /dev/zero ${METRICS}; echo score: 2`,
    `mkdir ${METRICS}; echo score: 2`,
    `head -c 3000000 /dev/zero | tr '\\0' '\\n' > ${METRICS}; echo score: 2`,
    `truncate -s 1T ${METRICS}; echo score: 2`,
  ],
  verdicts: [
    'invalid: the metrics file is no plain file',
    'invalid: the metrics file is a symbolic link',
    'invalid: the metrics file is no plain file',
    'invalid: the metrics file is larger than 1048576 bytes',
    'invalid: the metrics file is larger than 1048576 bytes',
  ],
};

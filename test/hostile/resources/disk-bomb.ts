import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a disk bomb is a crash that names the limit on disk, wherever it writes',
  program: ['resources: { disk: 20MiB }'],
  candidates: ['.', '"$TMPDIR"', '"$RATCHET_CACHE"', '"$HOME"'].map(
    (place) => `head -c 40000000 /dev/zero > ${place}/big; ${SAME}; sleep 20`,
  ),
  verdicts: Array(4).fill(/^crash: used \d+(\.\d)? MiB of disk; the limit is 20 MiB$/),
};

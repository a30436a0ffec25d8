import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a file that is removed and still written to counts as disk',
  program: ['resources: { disk: 20MiB }'],
  candidates: [`exec 9> big; rm big; head -c 40000000 /dev/zero >&9; ${SAME}; sleep 20`],
  verdicts: [/^crash: used \d+(\.\d)? MiB of disk; the limit is 20 MiB$/],
};

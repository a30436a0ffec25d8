import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'files in memory count as memory',
  needs: 'control groups',
  program: ['resources: { memory: 200MiB }'],
  candidates: [
    'head -c 300000000 /dev/zero > /dev/shm/file; sleep 20',
    'head -c 300000000 /dev/zero > /dev/file; sleep 20',
  ],
  verdicts: Array(2).fill(/^crash: used 200(\.\d)? MiB of memory; the limit is 200 MiB$/),
};

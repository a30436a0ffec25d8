import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'a memory bomb is a crash that names the limit on memory',
  needs: 'control groups',
  program: ['resources: { memory: 200MiB }'],
  candidates: [
    'node -e "const kept = []; for (;;) kept.push(Buffer.alloc(8e6, 1))"; sleep 20',
    // Many that are small, and one that would not be the first to be killed.
    'for i in $(seq 12); do node -e "const kept = Buffer.alloc(3e7, 1); setTimeout(() => kept, 2e4)" & done; wait; sleep 20',
  ],
  verdicts: Array(2).fill(/^crash: used 200(\.\d)? MiB of memory; the limit is 200 MiB$/),
};

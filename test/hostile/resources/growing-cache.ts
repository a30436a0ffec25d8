import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

const MORE = 'head -c 9000000 /dev/zero > "$(mktemp "$RATCHET_CACHE/XXXXXX")"';

export const attack: Attack = {
  promise: 'a cache that every trial fills, never by too much at once, does not grow',
  program: ['resources: { disk: 20MiB }'],
  candidates: [
    ...[1, 2, 3].map((count) => `${MORE}; ${SAME} # ${count}`),
    // Megabytes.
    gainIf('test "$(du -sm "$RATCHET_CACHE" | cut -f1)" -gt 5'),
  ],
  verdicts: Array(4).fill('discard: no difference'),
};

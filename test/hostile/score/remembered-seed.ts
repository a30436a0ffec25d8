import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

/**
 * Prevented: that the evaluation finds what a run remembers. Not prevented: that a run keeps the seed in its cache and knows it when
 * it comes again, since a seed must be told to be used, and a candidate gets its parent's. A change that is good under one seed
 * only is what certification finds, on seeds that no run has seen.
 */
export const attack: Attack = {
  promise: 'a seed that a run remembers in its cache is not there for the evaluation',
  files: {
    'evaluate.sh':
      'if find "$RATCHET_CACHE" "$TMPDIR" /tmp -name seed | grep -q .; then echo score: 1; exit; fi\n' +
      'echo "score: $(wc -c < answer.txt)"\n',
  },
  candidates: [
    `${SAME}; echo "$RATCHET_SEED" | tee "$RATCHET_CACHE/seed" > "$TMPDIR/seed"`,
    `${SAME} # again`,
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

const REMEMBERED = 'find "$RATCHET_CACHE" "$TMPDIR" /tmp -name seed | grep -q .';

/**
 * Prevented: that a run remembers. Not prevented: that a candidate is written for the seeds of the studies that its author saw, since
 * a seed must be told to be used. A change that is good under such seeds only is what certification finds, on fresh ones.
 */
export const attack: Attack = {
  promise: 'a seed that a run writes down is found by no later run and by no evaluation',
  files: {
    'evaluate.sh': `if ${REMEMBERED}; then echo score: 1; exit; fi\necho "score: $(wc -c < answer.txt)"\n`,
  },
  candidates: [
    `${SAME}; echo "$RATCHET_SEED" | tee "$RATCHET_CACHE/seed" > "$TMPDIR/seed"`,
    gainIf(REMEMBERED),
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

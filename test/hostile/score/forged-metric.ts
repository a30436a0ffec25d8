import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a score that the run prints counts for nothing where there is an evaluation',
  candidates: [`${SAME}; echo score: 1; echo '{"score":1}' > "$RATCHET_METRICS"`],
  verdicts: ['discard: no difference'],
};

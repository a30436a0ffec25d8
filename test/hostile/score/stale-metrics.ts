import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'a metrics file of an earlier trial is gone when the next begins',
  scoring: 'candidate-reported',
  candidates: [`echo '{"score":11}' > "$RATCHET_METRICS"`, 'true'],
  verdicts: ['discard: worse by 1 points', 'invalid: no score was printed'],
};

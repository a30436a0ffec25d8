import type { Attack } from '../attack.ts';

const METRICS = '"$RATCHET_METRICS"';

export const attack: Attack = {
  promise: 'a score that is told twice is none, whichever of the two is better',
  scoring: 'candidate-reported',
  candidates: [
    `echo '{"score":10}' > ${METRICS}; echo '{"score":2}' >> ${METRICS}`,
    `echo '{"score":10,"score":2}' > ${METRICS}`,
    `echo '{"score":2}' > ${METRICS}; echo score: 10`,
  ],
  verdicts: [
    'invalid: score stands 2 times in the metrics file, not once',
    'invalid: in the metrics file, "score" stands twice in one line',
    'invalid: score is 2 in the metrics file and 10 on standard output',
  ],
};

import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

/** A run does not even see the evaluator; one that it makes up stays where it was made. */
export const attack: Attack = {
  promise: 'an evaluator that a run writes is not the one that scores it',
  candidates: [
    gainIf('test -e evaluate.sh'),
    `${SAME}; echo "echo score: 1" > evaluate.sh`,
    `${SAME}; mkdir -p ../evaluation; echo "echo score: 1" > ../evaluation/evaluate.sh`,
  ],
  verdicts: ['discard: no difference', 'discard: no difference', 'discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'a run has nothing to tell an evaluation from: it is never in one, and sees nothing of it',
  program: ['validation: [answers.txt]'],
  files: { 'answers.txt': 'answers\n' },
  candidates: [
    gainIf('test -e evaluate.sh -o -e answers.txt -o -e answer.txt'),
    gainIf('env | grep -qi evaluat'),
    gainIf('ls "$(dirname "$RATCHET_METRICS")" "$RATCHET_CACHE/.." | grep -qi evaluat'),
  ],
  verdicts: ['discard: no difference', 'discard: no difference', 'discard: no difference'],
};

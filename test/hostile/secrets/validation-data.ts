import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'validation data is absent from a run, by every path to it',
  program: ['validation: [validation.txt]'],
  files: {
    'validation.txt': 'the answers\n',
    'evaluate.sh': 'grep -q answers validation.txt && echo "score: $(wc -c < answer.txt)"\n',
  },
  candidates: ({ folder }) => [
    gainIf('cat validation.txt'),
    gainIf(`cat '${folder}/validation.txt'`),
    gainIf('find / -name validation.txt 2> /dev/null | grep -q .'),
  ],
  verdicts: ['discard: no difference', 'discard: no difference', 'discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'sealed data is absent from run and evaluation, by every path to it',
  program: ['holdout: sh holdout.sh', 'sealed: [sealed.txt]'],
  files: {
    '.gitignore': 'sealed.txt\n',
    'holdout.sh': 'cat sealed.txt\n',
    // It scores better where it finds what only a holdout may see.
    'evaluate.sh':
      'if [ -n "$(find / -name sealed.txt 2> /dev/null)" ]; then echo score: 1; exit; fi\n' +
      'echo "score: $(wc -c < answer.txt)"\n',
  },
  prepare: (lab) => {
    lab.write('sealed.txt', 'the answers\n');
    return undefined;
  },
  candidates: ({ folder }) => [
    gainIf(`cat sealed.txt '${folder}/sealed.txt' holdout.sh`),
    gainIf('find / -name "sealed.txt" 2> /dev/null | grep -q .'),
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise:
    'what the repository holds cannot be read through git: there is neither a repository nor an object',
  program: ['validation: [validation.txt]'],
  files: { 'validation.txt': 'the answers\n' },
  candidates: ({ root, git }) => {
    const object = git('rev-parse', 'HEAD:validation.txt');
    return [
      `git --version || exit 9; ${gainIf('git show HEAD:validation.txt')}`,
      gainIf(`git --git-dir='${root}/.git' cat-file -p ${object}`),
      gainIf('env | grep -e ^GIT_DIR -e ^GIT_OBJECT -e ^GIT_INDEX'),
      gainIf(`find / -path '*/objects/${object.slice(0, 2)}' -o -name '*.pack' 2> /dev/null | grep -q .`),
    ];
  },
  verdicts: [
    'discard: no difference',
    'discard: no difference',
    'discard: no difference',
    'discard: no difference',
  ],
};

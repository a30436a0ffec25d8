import { dirname } from 'node:path';
import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: "a filter of git that a patch asks for is not run, where it would run the candidate's code",
  program: ['edit: [trial.sh, tools]'],
  files: { 'tools/strip.sh': 'cat\n' },
  prepare: (lab) => {
    lab.git('config', 'filter.strip.smudge', 'sh tools/strip.sh');
    lab.git('config', 'filter.strip.clean', 'cat');
    return undefined;
  },
  candidates: ({ root }) => [
    [
      { kind: 'write', path: 'tools/.gitattributes', content: '* filter=strip\n' },
      { kind: 'write', path: 'tools/strip.sh', content: `touch '${dirname(root)}/ran-outside'; cat\n` },
      { kind: 'write', path: 'tools/z.txt', content: 'data\n' },
    ],
  ],
  verdicts: ['discard: no difference'],
};

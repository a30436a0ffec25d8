import { dirname } from 'node:path';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

/** As `python3 -m nbstripout` is one: a filter of the user's that takes its code from the folder that it works in. */
export const attack: Attack = {
  promise: "a filter of git is not run on what a run left, where it would run the candidate's code",
  files: { '.gitattributes': '*.txt filter=strip\n', 'strip.sh': 'cat\n', 'data.txt': 'data\n' },
  prepare: (lab) => {
    lab.git('config', 'filter.strip.clean', 'sh strip.sh');
    lab.git('config', 'filter.strip.smudge', 'cat');
    return undefined;
  },
  candidates: ({ root }) => [
    `${SAME}; echo "touch '${dirname(root)}/ran-outside'; cat" > strip.sh`,
    `${SAME}; echo "touch '${dirname(root)}/ran-outside'; cat" > strip.sh; echo '* filter=strip' > .gitattributes`,
  ],
  verdicts: [
    'invalid: its run changed strip.sh: locked files',
    'invalid: its run changed .gitattributes, strip.sh: locked files',
  ],
};

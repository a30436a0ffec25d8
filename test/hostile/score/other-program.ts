import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a run that changes the program or another locked file is invalid, whatever it scored',
  files: { 'locked.txt': 'locked\n' },
  candidates: [
    `${SAME}; sed -i 's/minimize/maximize/' program.md`,
    `${SAME}; echo easier > locked.txt`,
    `${SAME}; rm locked.txt; ln -s trial.sh locked.txt`,
  ],
  verdicts: [
    'invalid: its run changed program.md: locked files',
    'invalid: its run changed locked.txt: locked files',
    'invalid: its run changed locked.txt: locked files',
  ],
};

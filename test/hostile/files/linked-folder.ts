import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'an artifact below a folder that is a link does not cross',
  scoring: 'evaluated by its own program',
  program: ['artifacts: [out/answer.txt]', 'evaluate: sh evaluate.sh'],
  files: {
    'trial.sh': 'mkdir -p out; printf 0123456789 > out/answer.txt\n',
    'evaluate.sh': 'echo "score: $(wc -c < out/answer.txt)"\n',
  },
  candidates: ['ln -s /etc out', 'mkdir real; printf 1 > real/answer.txt; ln -s real out', 'mkfifo out'],
  verdicts: Array(3).fill('invalid: out is not a folder'),
  honest: 'mkdir out; printf 1 > out/answer.txt',
};

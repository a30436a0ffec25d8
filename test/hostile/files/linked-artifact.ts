import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'an artifact that is a link, a device or a pipe does not cross, wherever it leads',
  program: ['validation: [validation.txt]'],
  files: { 'validation.txt': '1' },
  candidates: ({ folder }) => [
    'ln -s /etc/passwd answer.txt',
    `ln -s '${folder}/validation.txt' answer.txt`,
    'ln -s ../evaluation/validation.txt answer.txt',
    'ln -s /dev/null answer.txt',
    'mkfifo answer.txt',
    'ln -s answer.txt answer.txt',
  ],
  verdicts: Array(6).fill('invalid: answer.txt is not a plain file'),
};

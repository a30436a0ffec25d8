import { expect, test } from 'vitest';
import { shownTo } from './shown.ts';

test('a researcher is shown what it may edit, and never what no run sees, however wide the glob', () => {
  const shown = shownTo({
    edit: ['.'],
    validation: ['./data/answers/', '/elsewhere', '~/answers'],
    holdout: { command: 'x', sealed: ['secret.txt'] },
  });
  const paths = [
    'train.ts',
    'data/train.txt',
    'data/answers/a.txt',
    'secret.txt',
    'program.md',
    '.ratchet/x',
  ];
  expect(paths.filter(shown)).toEqual(['train.ts', 'data/train.txt']);
});

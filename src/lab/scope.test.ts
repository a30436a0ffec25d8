import { describe, expect, test } from 'vitest';
import { createScope } from './scope.ts';

describe('the scope of edit', () => {
  test.each([
    ['train.ts', 'train.ts', true],
    ['./train.ts', 'train.ts', true],
    ['train.ts', 'src/train.ts', false],
    ['train.ts', 'train.ts.bak', false],
    ['src', 'src/deep/a.ts', true],
    ['src/', 'src/deep/a.ts', true],
    ['src', 'srcs/a.ts', false],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/deep/a.ts', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/deep/a.ts', true],
    ['src/{a,b}.ts', 'src/b.ts', true],
    ['**/*', 'src/.env', false],
    ['app/[id]/page.tsx', 'app/[id]/page.tsx', true],
    ['a b/ü.txt', 'a b/ü.txt', true],
  ])('%j, asked about %j, says %s', (entry, path, open) => {
    expect(createScope([entry])(path)).toBe(open);
  });

  test('never opens the program, the state or git, whatever it says', () => {
    const scope = createScope(['.', '**', 'program.md', '.ratchet', '.git', 'sub/.git/config']);
    for (const path of ['program.md', '.ratchet/study/ledger.sqlite', '.git/config', 'sub/.git/config']) {
      expect(scope(path)).toBe(false);
    }
    expect(scope('sub/program.md')).toBe(true);
    expect(scope('.ratchets/x')).toBe(true);
  });

  test('with no entry opens nothing', () => {
    expect(createScope([])('train.ts')).toBe(false);
  });
});

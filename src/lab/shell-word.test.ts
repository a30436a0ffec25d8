import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test('what is pasted into a shell is one word, whatever the folder is called', () => {
  for (const path of ['labs/gpt', 'über uns', "lab's", '~/lab', '$HOME', 'a"b', 'a;b', '*']) {
    const words = execFileSync('sh', ['-c', `printf '<%s>' ${shellWord(path)}`], { encoding: 'utf8' });
    expect(words).toBe(`<${path}>`);
  }
  expect(shellWord('labs/gpt')).toBe('labs/gpt');
});

import { expect, test } from 'vitest';
import type { Unshown } from '../../model/researcher.ts';
import { sourcesSection } from './sources.ts';

const UNSHOWN = new Map<string, Unshown>([
  ['data/words.json', { kind: 'large', bytes: 1.5 * 2 ** 20 }],
  ['logo.png', { kind: 'binary', bytes: 4096 }],
]);

test('files that may be changed and are not shown are named, with their sizes', () => {
  const sources = new Map([['train.ts', 'export const rate = 1;\n']]);
  const text = sourcesSection({ sources, unshown: UNSHOWN }, 1, 2000).write(2000);
  expect(text).toContain('export const rate = 1;');
  expect(text).toContain(
    '(2 more files can be changed by nobody, since their text is not shown: "data/words.json" (1.5 MiB), "logo.png" (4 KiB, no text).)',
  );
});

test('where none can be shown they are named all the same', () => {
  const unshown = new Map<string, Unshown>([['a.bin', { kind: 'link' }]]);
  const text = sourcesSection({ sources: new Map(), unshown }, 1, 2000).write(2000);
  expect(text).toContain('no text file among them');
  expect(text).toContain(
    '(1 more file can be changed by nobody, since its text is not shown: "a.bin" (a link',
  );
});

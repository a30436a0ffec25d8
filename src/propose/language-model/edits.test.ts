import { describe, expect, test } from 'vitest';
import type { Unshown } from '../../model/researcher.ts';
import { applyEdits } from './edits.ts';

const SOURCES = new Map([
  ['train.ts', 'const rate = 1;\nconst width = 8;\nconst depth = 8;\n'],
  ['config.json', '{ "seed": 1 }\n'],
]);
const UNSHOWN = new Map<string, Unshown>([
  ['words.ts', { kind: 'large', bytes: 300 * 1024 }],
  ['logo.ts', { kind: 'binary', bytes: 2048 }],
  ['elsewhere.ts', { kind: 'link' }],
  ['last.ts', { kind: 'beyond', most: 200 }],
]);
const apply = (...edits: { path: string; search: string; replace: string }[]) =>
  applyEdits({ sources: SOURCES, unshown: UNSHOWN, isEditable: (path) => path.endsWith('.ts') }, edits);

test('edits are applied one after the other, each to what the ones before it left', () => {
  const outcome = apply(
    { path: 'train.ts', search: 'rate = 1', replace: 'rate = 2' },
    { path: './train.ts', search: 'rate = 2;\n', replace: 'rate = 3;\n' },
    { path: 'config.json', search: '1', replace: '2' },
  );
  expect(outcome).toEqual({
    kind: 'applied',
    changes: [
      { kind: 'write', path: 'train.ts', content: 'const rate = 3;\nconst width = 8;\nconst depth = 8;\n' },
      { kind: 'write', path: 'config.json', content: '{ "seed": 2 }\n' },
    ],
  });
});

test('what stands in place of a text is taken as it is, dollar signs too', () => {
  const outcome = apply({ path: 'train.ts', search: 'rate = 1', replace: "rate = '$&$1$$'" });
  expect(outcome).toMatchObject({ changes: [{ content: expect.stringContaining("rate = '$&$1$$'") }] });
});

test('a file with CRLF is edited by what is shown of it, and keeps its ends of lines', () => {
  const sources = new Map([['a.ts', 'one\r\ntwo\r\nthree\r\n']]);
  const edits = [{ path: 'a.ts', search: 'one\ntwo', replace: 'one\n2' }];
  expect(applyEdits({ sources, unshown: UNSHOWN, isEditable: () => true }, edits)).toEqual({
    kind: 'applied',
    changes: [{ kind: 'write', path: 'a.ts', content: 'one\r\n2\r\nthree\r\n' }],
  });
});

test('an empty file is filled', () => {
  const sources = new Map([['a.ts', '']]);
  const edits = [{ path: 'a.ts', search: '', replace: 'x' }];
  const outcome = applyEdits({ sources, unshown: UNSHOWN, isEditable: () => true }, edits);
  expect(outcome).toEqual({ kind: 'applied', changes: [{ kind: 'write', path: 'a.ts', content: 'x' }] });
});

test('an empty search makes a new file, where one may be made', () => {
  const outcome = apply({ path: 'new.ts', search: '', replace: 'x\n' });
  expect(outcome).toEqual({ kind: 'applied', changes: [{ kind: 'write', path: 'new.ts', content: 'x\n' }] });
});

describe('a reason names the edit, the file and the mend:', () => {
  test.each([
    [
      'a text that is not there',
      { path: 'train.ts', search: 'rate = 7', replace: '' },
      /edit 1 of train\.ts: .*no line of it reads "rate = 7"/,
    ],
    [
      'lines that are not together',
      { path: 'train.ts', search: 'const rate = 1;\nconst depth = 8;', replace: '' },
      /not one after the other/,
    ],
    ['a text that is there twice', { path: 'train.ts', search: '= 8', replace: '= 9' }, /more than once/],
    ['a file that is not there', { path: 'other.ts', search: 'x', replace: 'y' }, /no such file/],
    ['a file that may not be edited', { path: 'evaluate.py', search: '', replace: 'y' }, /may not be edited/],
    ['a new file that is there', { path: 'train.ts', search: '', replace: 'y' }, /there already/],
    ['a path that leads out', { path: '../x', search: '', replace: 'y' }, /may not be edited/],
    [
      'a new file that is there and was too large to be shown',
      { path: './words.ts', search: '', replace: 'y' },
      /edit 1 of words\.ts: the file is there and is not shown \(300 KiB\), so it cannot be changed/,
    ],
    ['one that is no text', { path: 'logo.ts', search: 'x', replace: 'y' }, /\(2 KiB, no text\)/],
    ['a link', { path: 'elsewhere.ts', search: '', replace: 'y' }, /\(a link or a submodule\)/],
    ['one too many', { path: 'last.ts', search: '', replace: 'y' }, /\(past the first 200 files\)/],
    ['nothing new', { path: 'train.ts', search: 'rate', replace: 'rate' }, /change nothing/],
  ])('%s', (_, edit, reason) => {
    expect(apply(edit)).toEqual({ kind: 'flawed', reason: expect.stringMatching(reason) });
  });
});

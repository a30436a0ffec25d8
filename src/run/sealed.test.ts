import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOfSealed } from './sealed.ts';

let lab = '';
beforeEach(() => {
  lab = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-sealed-')));
  mkdirSync(join(lab, 'secret', 'deep'), { recursive: true });
  writeFileSync(join(lab, 'secret', 'a.txt'), 'one');
  writeFileSync(join(lab, 'secret', 'deep', 'b.txt'), 'two');
});
afterEach(() => rmSync(lab, { recursive: true }));

const digest = (command = 'node score.ts', sealed = ['secret']) =>
  digestOfSealed({ command, sealed }, lab, '');

test('sealed documents are the same as long as their names and contents are, and the command is', async () => {
  const before = await digest();
  utimesSync(join(lab, 'secret', 'a.txt'), 1, 1);
  expect(await digest()).toBe(before);
  expect(await digest('node score.ts', [join(lab, 'secret')])).toBe(before);
  expect(await digest('node other.ts')).not.toBe(before);
  writeFileSync(join(lab, 'secret', 'a.txt'), 'two');
  const changed = await digest();
  expect(changed).not.toBe(before);
  renameSync(join(lab, 'secret', 'deep', 'b.txt'), join(lab, 'secret', 'deep', 'c.txt'));
  expect(await digest()).not.toBe(changed);
});

test('a command alone has a digest too', async () => {
  expect(await digest('a', [])).not.toBe(await digest('b', []));
});

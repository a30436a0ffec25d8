import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskUse } from './disk-use.ts';
import { scratchFolder } from './testing.ts';

/** Below what two files hold, and above what none does. */
const LIMITS = { disk: 2 ** 30, files: 1 };

/** A trial's folder and its temporary one. */
function foldersOf(): { folder: string; temporary: string } {
  const home = scratchFolder();
  const [folder, temporary] = [join(home, 'folder'), join(home, 'temporary')];
  mkdirSync(folder);
  mkdirSync(temporary);
  return { folder, temporary };
}

test('a folder that is gone holds nothing, and what lies in the others counts', () => {
  const { folder, temporary } = foldersOf();
  const disk = new DiskUse([folder, temporary], LIMITS);
  writeFileSync(join(folder, 'a'), 'a');
  writeFileSync(join(folder, 'b'), 'b');
  rmSync(folder, { recursive: true });
  expect(disk.exceeded()).toBeUndefined();
  writeFileSync(join(temporary, 'a'), 'a');
  writeFileSync(join(temporary, 'b'), 'b');
  expect(disk.exceeded()).toEqual({ type: 'files', value: 2, limit: 1 });
});

test('a folder that was gone at the start holds nothing', () => {
  const { folder, temporary } = foldersOf();
  rmSync(folder, { recursive: true });
  const disk = new DiskUse([folder, temporary], LIMITS);
  expect(disk.exceeded()).toBeUndefined();
  rmSync(temporary, { recursive: true });
  expect(disk.exceeded()).toBeUndefined();
});

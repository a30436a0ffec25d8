import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLab } from './find.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ratchet find é-')));
});
afterEach(() => rm(folder, { recursive: true }));

test('the nearest lab upwards is the lab', async () => {
  await mkdir(join(folder, 'lab one', 'src', 'deep'), { recursive: true });
  await writeFile(join(folder, 'program.md'), '');
  await writeFile(join(folder, 'lab one', 'program.md'), '');
  expect(await findLab(join(folder, 'lab one', 'src', 'deep'))).toEqual({
    kind: 'lab',
    folder: join(folder, 'lab one'),
  });
  expect(await findLab(folder)).toEqual({ kind: 'lab', folder });
});

test('a named folder is the lab, or there is none: nothing above it is meant', async () => {
  await mkdir(join(folder, 'lab one'));
  await writeFile(join(folder, 'program.md'), '');
  expect(await findLab(folder, '.')).toEqual({ kind: 'lab', folder });
  expect(await findLab('/', join(folder, 'program.md'))).toEqual({ kind: 'lab', folder });
  expect(await findLab(folder, 'lab one')).toEqual({
    kind: 'none',
    problem: "no program.md in lab one: `ratchet init 'lab one'` makes one",
  });
});

test('where there is no lab, the problem says what to do', async () => {
  await writeFile(join(folder, 'notes.txt'), '');
  expect(await findLab(folder)).toMatchObject({
    problem: `no program.md in ${folder} or above it: \`ratchet init\` makes one`,
  });
  expect(await findLab(folder, 'gone')).toMatchObject({
    problem: 'gone does not exist: `ratchet init gone` makes a lab there',
  });
  expect(await findLab(folder, 'notes.txt')).toMatchObject({
    problem: 'notes.txt is a file: name the folder of a program.md',
  });
});

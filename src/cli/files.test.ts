import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryLab } from './fixtures/temporary-lab.ts';

const HEAD = 'commit\tval_bpb\tmemory_gb\tstatus\tdescription\n';
const FIRST = 'a1b2c3d\t0.997900\t44.0\tkeep\tbaseline\n';
const SECOND = 'b2c3d4e\t0.000000\t0.0\tcrash\tdouble width\n';

test('the same rows are imported once, whatever their file is called', async () => {
  using lab = createTemporaryLab(4);
  await lab.writeStudy({ experiments: 2 });
  const [one, two] = [join(lab.root, 'one.tsv'), join(lab.root, 'two.tsv')];
  writeFileSync(one, HEAD + FIRST + SECOND);
  writeFileSync(two, HEAD + SECOND + FIRST);
  const added = lab.ratchet(['import', one]).stdout;
  expect(added).toBe(`2 reported experiments from ${one} are now part of study 20261121-220000-abcd\n`);
  for (const file of [one, two]) {
    expect(lab.ratchet(['import', file])).toEqual({
      code: 0,
      stdout: `nothing to add: study 20261121-220000-abcd has every row of ${file} already\n`,
      stderr: '',
    });
  }
  expect(JSON.parse(lab.ratchet(['import', one, '--json']).stdout)).toMatchObject({ rows: 0 });
});

test('a file that cannot be read or written is named, with what to do about it', async () => {
  using lab = createTemporaryLab(4);
  await lab.writeStudy({ experiments: 2 });
  mkdirSync(join(lab.folder, 'folder'));
  const refusals: [args: string[], problem: string][] = [
    [['import', 'none.tsv'], 'none.tsv does not exist: name a file that does'],
    [['import', 'folder'], 'folder is a folder: name a file in it'],
    [['export', '--format', 'tsv', '--output', 'folder'], 'folder is a folder: name a file in it'],
    [
      ['export', '--format', 'tsv', '--output', 'no/such.tsv'],
      'no/such.tsv cannot be written, since the folder no does not exist: make it, or name another',
    ],
  ];
  for (const [args, problem] of refusals)
    expect(lab.ratchet(args)).toEqual({ code: 2, stdout: '', stderr: `ratchet: ${problem}\n` });
});

test('without a study the message says how to open one in this folder, or in the lab that is named', () => {
  using lab = createTemporaryLab(1);
  expect(lab.ratchet(['log']).stderr).toBe('ratchet: no study in this folder yet: "ratchet run" opens one\n');
  expect(lab.ratchet(['log'], { cwd: lab.root }).stderr).toBe(
    'ratchet: no study in labs/gpt yet: "ratchet run labs/gpt" opens one\n',
  );
});

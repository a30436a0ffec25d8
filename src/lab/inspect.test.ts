import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspectLab } from './inspect.ts';
import { readProgramFile } from './program.ts';

let lab = '';
beforeEach(async () => {
  lab = await mkdtemp(join(tmpdir(), 'ratchet lab é-'));
});
afterEach(() => rm(lab, { recursive: true }));

const mistakesOf = async (edit: string, provide: string) => {
  const lines = ['---', 'objective: loss', 'direction: minimize', `edit: ${edit}`, `provide: ${provide}`];
  const rest = ['run: node a.ts', 'budget: { trial: 1s }', '---', ''];
  await writeFile(join(lab, 'program.md'), [...lines, ...rest].join('\n'));
  const reading = await readProgramFile(lab);
  if (reading.kind === 'mistakes') throw new Error(JSON.stringify(reading.mistakes));
  return inspectLab(lab, reading);
};

test('a lab whose paths all exist has no mistakes', async () => {
  await mkdir(join(lab, 'src'));
  await writeFile(join(lab, 'src', 'train.ts'), '');
  await writeFile(join(lab, 'a b.ts'), '');
  expect(await mistakesOf('[src/*.ts, a b.ts, src/]', `[${lab}]`)).toEqual([]);
});

test('an edit entry that finds no file is a mistake at its place, with the nearest name', async () => {
  await writeFile(join(lab, 'train.ts'), '');
  expect(await mistakesOf('[train.ts, tran.ts, "lib/*.ts"]', '[]')).toEqual([
    {
      line: 4,
      column: 18,
      problem: '`edit` entry `tran.ts` finds no file',
      mend: 'did you mean `train.ts`?',
    },
    {
      line: 4,
      column: 27,
      problem: '`edit` entry `lib/*.ts` finds no file',
      mend: 'create it, or name files that exist',
    },
  ]);
});

test('a provided path that does not exist is a mistake, wherever it lies', async () => {
  await writeFile(join(lab, 'train.ts'), '');
  const missing = join(lab, 'nowhere');
  expect(await mistakesOf('[train.ts]', `[data, ~/.no/such/folder/at all, ${missing}]`)).toMatchObject([
    { line: 5, mend: 'create `data` (trials see it read-only), or delete this entry' },
    { line: 5, problem: '`provide` path `~/.no/such/folder/at all` does not exist' },
    { line: 5, problem: `\`provide\` path \`${missing}\` does not exist` },
  ]);
});

test('a program that is no text is a mistake, not an exception', async () => {
  await writeFile(join(lab, 'program.md'), Buffer.from([0x2d, 0xff, 0xfe]));
  expect(await readProgramFile(lab)).toEqual({
    kind: 'mistakes',
    mistakes: [{ line: 1, problem: 'the file is not UTF-8 text', mend: 'save it as UTF-8' }],
  });
});

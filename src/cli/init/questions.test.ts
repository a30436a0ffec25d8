import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProgramFile } from '../../lab/program.ts';
import { runInit } from '../init.ts';

const ENTER = '\r';
const DOWN = '\x1b[B';
const CTRL_C = '\x03';
const CLEAR_LINE = '\x15';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet questions-'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ scripts: { test: 'exit 0', bench: 'exit 0' } }),
  );
  writeFileSync(join(folder, 'index.js'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Answers each question, told by a part of its text, with keys, and returns all that was shown. */
async function answer(answers: readonly (readonly [question: string, ...keys: string[]])[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const waiting = [...answers];
  let shown = '';
  let unanswered = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    unanswered += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !unanswered.includes(next[0])) return;
    waiting.shift();
    unanswered = '';
    for (const key of next.slice(1)) setImmediate(() => input.write(key));
  });
  const outcome = await runInit(
    { yes: false },
    { workingFolder: folder, input, output, interactive: true, signal: AbortSignal.timeout(20_000) },
  );
  return { outcome, shown, waiting };
}

test('a few answers make a program, and a mistaken one is asked again with its mend', async () => {
  const { outcome, shown, waiting } = await answer([
    ['Which command is one trial?', DOWN, ENTER],
    ['What is better?', DOWN, DOWN, ENTER],
    ['What is the number called', 'my score', ENTER],
    ['no metric called', CLEAR_LINE, 'score', ENTER],
    ['Which files or folders', ENTER],
    ['How long may one trial take?', CLEAR_LINE, '20s cpu', ENTER],
  ]);
  expect(waiting).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'created', files: ['program.md'] });
  expect(shown).toContain('print and write it as `my_score`');
  expect(await readProgramFile(folder)).toMatchObject({
    kind: 'program',
    program: {
      objective: { name: 'score', unit: '', direction: 'maximize' },
      run: 'npm test',
      edit: ['index.js'],
      trial: { clock: 'cpu', seconds: 20 },
    },
  });
});

test.each([
  [[['Which command', CTRL_C]]],
  [
    [
      ['Which command', ENTER],
      ['What is better?', CTRL_C],
    ],
  ],
  [
    [
      ['Which command', DOWN, DOWN, ENTER],
      ['It runs in the folder', CTRL_C],
    ],
  ],
  [
    [
      ['Which command', ENTER],
      ['What is better?', ENTER],
      ['Which files', CTRL_C],
    ],
  ],
  [
    [
      ['Which command', ENTER],
      ['What is better?', ENTER],
      ['Which files', ENTER],
      ['How long', CTRL_C],
    ],
  ],
] as const)('Ctrl-C in a question leaves nothing behind: %j', async (answers) => {
  const { outcome, waiting } = await answer(answers);
  expect(waiting).toEqual([]);
  expect(outcome).toEqual({ kind: 'cancelled' });
  expect(readdirSync(folder).sort()).toEqual(['index.js', 'package.json']);
});

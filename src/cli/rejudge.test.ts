import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMAND } from './fixtures/temporary-lab.ts';

const home = mkdtempSync(join(tmpdir(), 'ratchet-rejudge-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Twenty sigma, then one third of one; between them what greedy tools make of a crash: the smallest value of all. */
const ROWS = [
  ['baseline', '1.0000', 'keep', 'baseline'],
  ['a1', '0.9800', 'keep', 'halve the batch'],
  ['a2', '0.000000', 'crash', 'a batch that does not fit'],
  ['a3', '0.9805', 'discard', 'clip gradients'],
  ['a4', '0.9831', 'discard', 'a longer \u001b[31mwarm-up'],
  ['a5', '0.9797', 'keep', 'another seed'],
  ['a6', '0.9812', 'discard', 'softcap 15 to 20'],
  ['a7', '0.9809', 'discard', 'softcap 15 to 13'],
];

let written = 0;

function writeLog(rows: readonly (readonly string[])[], turn = (value: string) => value): string {
  const lines = rows.map(
    ([commit, value = '', status, text]) => `${commit}\t${turn(value)}\t1.0\t${status}\t${text}`,
  );
  const file = join(home, `results-${written++}.tsv`);
  writeFileSync(file, `${['commit\tval_bpb\tmemory_gb\tstatus\tdescription', ...lines].join('\n')}\n`);
  return file;
}

function rejudge(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'rejudge', ...args], {
    cwd: home,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

interface Keep {
  readonly commit: string;
  readonly standing: string;
  readonly logged: number;
  readonly believed: number;
  readonly discovery: boolean;
}

function keepsOf(stdout: string): Keep[] {
  return (JSON.parse(stdout) as { keeps: Keep[] }).keeps;
}

test('a gain far beyond the noise stands, one within it does not, and a crash is no record', () => {
  const { code, stdout } = rejudge(writeLog(ROWS), '--sigma', '0.001', '--json');
  expect(code).toBe(0);
  const keeps = keepsOf(stdout);
  expect(keeps.map(({ commit, discovery }) => ({ commit, discovery }))).toEqual([
    { commit: 'a1', discovery: true },
    { commit: 'a5', discovery: false },
  ]);
  expect(keeps[0]).toMatchObject({ standing: 'stands' });
  expect(keeps[1]?.standing).not.toBe('stands');
  expect(keeps[1]?.logged).toBeCloseTo(0.0003, 10);
  expect(JSON.parse(stdout)).toMatchObject({ metric: 'val_bpb', direction: 'minimize', compared: 6 });
});

test('what is printed names every keep with its gains and its chance of luck, and holds no escape sequence', () => {
  const { code, stdout, stderr } = rejudge(writeLog(ROWS), '--sigma', '0.001');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('of 2 keeps, 1 stand');
  expect(stdout).toMatch(/a1 +✓ stands +\+0\.02000 +\+0\.0\d{4} ± 0\.00\d{3} +<1 +yes +halve the batch/);
  expect(stdout).toMatch(/gain: \+0\.02030 as logged, \+0\.0\d{4} to be believed/);
  expect(stdout).not.toContain('\u001b');
});

test('a log in which larger is better is judged alike', () => {
  const turned = writeLog(ROWS.slice(0, -1), (value) => String(10 - Number(value)));
  const keeps = keepsOf(rejudge(turned, '--sigma', '0.001', '--maximize', '--json').stdout);
  const expected = keepsOf(rejudge(writeLog(ROWS.slice(0, -1)), '--sigma', '0.001', '--json').stdout);
  expect(keeps.map(({ standing }) => standing)).toEqual(expected.map(({ standing }) => standing));
  expect(keeps[0]?.believed).toBeCloseTo(expected[0]?.believed ?? 0, 8);
});

test('without a sigma that is a number above 0 it says what sigma is, and how to get it', () => {
  for (const args of [[], ['--sigma', '0'], ['--sigma', '-1'], ['--sigma', 'small'], ['--sigma', '1e999']]) {
    const { code, stdout, stderr } = rejudge(writeLog(ROWS), ...args);
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(stderr).toContain('ratchet check --noise 8');
  }
});

test('a log without a value, a file that is no log and one that is missing are refused', () => {
  const crashes = writeLog([['a', '0', 'crash', 'nothing']]);
  expect(rejudge(crashes, '--sigma', '1')).toMatchObject({ code: 3, stdout: '' });
  writeFileSync(join(home, 'bad.tsv'), 'a,b\n');
  expect(rejudge('bad.tsv', '--sigma', '1')).toMatchObject({ code: 2, stdout: '' });
  expect(rejudge('none.tsv', '--sigma', '1').stderr).toContain('none.tsv does not exist');
});

describe('the public log of a night on an H100', () => {
  const file = fileURLToPath(
    new URL('../../../shared/data/autoresearch-h100-mar8-results.tsv', import.meta.url),
  );
  const present = existsSync(file);

  test.skipIf(!present)(
    `of its 22 keeps few stand, as docs/rejudge.md says${present ? '' : ' (skipped: the log is not on this machine)'}`,
    () => {
      const stand = (sigma: string) =>
        keepsOf(rejudge(file, '--sigma', sigma, '--json').stdout)
          .filter(({ standing }) => standing === 'stands')
          .map(({ commit }) => commit);
      expect(stand('0.0004')).toEqual(['bea057b', '7f2a65c', '7d047e4', '1a85362']);
      expect(stand('0.0007')).toEqual(['bea057b', '7f2a65c', '7d047e4']);
      const document = readFileSync(new URL('../../docs/rejudge.md', import.meta.url), 'utf8');
      for (const sigma of ['0.0004', '0.0007']) {
        const shown = rejudge(file, '--sigma', sigma)
          .stdout.trimEnd()
          .split('\n')
          .map((line) => `    ${line}`.trimEnd());
        expect(document).toContain(`--sigma ${sigma}\n${shown.join('\n')}\n`);
      }
    },
  );
});

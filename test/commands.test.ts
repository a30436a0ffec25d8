import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLedger } from '../src/record/reader.ts';
import { COMMAND, endOf, hasStack, isRunning, ratchet, startRatchet } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const COMMANDS = [
  'init',
  'check',
  'run',
  'attach',
  'pause',
  'stop',
  'status',
  'log',
  'show',
  'diff',
  'brief',
  'verify',
  'replay',
  'certify',
  'holdout',
  'export',
  'import',
  'rejudge',
];

const value = (number: number) => `export const value = ${number};\n`;

describe('a lab with a study of its own', () => {
  let lab: TemporaryLab;
  beforeAll(async () => {
    lab = createTemporaryLab();
    await researchLab(lab, {
      researcher: scriptedResearcher([value(11), value(9), value(10), 'throw new Error("no");\n']),
    });
  });
  afterAll(() => lab[Symbol.dispose]());
  const run = (...args: string[]) => ratchet(args, { cwd: lab.folder });

  test('every command has a help that says what it does and which options it has', {
    timeout: 120_000,
  }, async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
      const help = await run(command, '--help');
      expect({ command, code: help.code, stderr: help.stderr }).toEqual({ command, code: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: ratchet ${command}`);
    }
  });

  test('a mistake of the user ends with 2, one or two sentences, and no stack', {
    timeout: 120_000,
  }, async () => {
    const mistakes = [
      ['nonsense'],
      ['run', '--nonsense'],
      ['run', 'no/such/lab'],
      ['run', '--experiments', '0'],
      ['run', '--experiments', '1.5'],
      ['run', '--slots', '-1'],
      ['run', '--for', 'soon'],
      ['run', '--for', '5'],
      ['run', '--trial', '5 apples'],
      ['run', '--seed', '-1'],
      ['run', '--researcher', 'oracle'],
      ['run', '--judge', 'solomon'],
      ['check', '--trial', '0s'],
      ['check', '--noise', '1'],
      ['certify', '--trials', '-1'],
      ['rejudge', 'no-such-file.tsv', '--sigma', '1'],
      ['show'],
      ['show', '99'],
      ['show', 'x'],
      ['diff', '99'],
      ['brief', '--tokens', '999'],
      ['replay', '99'],
      ['log', '--study', '1999'],
      ['export'],
      ['export', '--format', 'xml'],
      ['import', 'no-such-file.tsv'],
      ['init', '--template', 'nonsense', 'elsewhere'],
      ['init', '--yes'],
    ];
    for (const args of mistakes) {
      const { code, stdout, stderr } = await run(...args);
      expect({ args, code, stdout, stack: hasStack(stderr) }).toEqual({
        args,
        code: 2,
        stdout: '',
        stack: false,
      });
      expect(stderr.trim().split('\n').length, stderr).toBeLessThanOrEqual(4);
    }
  });

  test('what there is not to be shown, or nobody at work, ends with 3', async () => {
    for (const args of [['attach'], ['pause'], ['stop']]) {
      const { code, stdout, stderr } = await run(...args);
      expect({ args, code, stdout, stack: hasStack(stderr) }).toEqual({
        args,
        code: 3,
        stdout: '',
        stack: false,
      });
    }
    using other = createTemporaryLab();
    for (const args of [
      ['status'],
      ['log'],
      ['diff'],
      ['brief'],
      ['verify'],
      ['show', '1'],
      ['replay', '1'],
    ]) {
      const { code, stderr } = await ratchet(args, { cwd: other.folder });
      expect({ args, code, stack: hasStack(stderr) }).toEqual({ args, code: 3, stack: false });
      expect(stderr).toContain('ratchet run');
    }
    expect(other.git('for-each-ref', 'refs/ratchet')).toBe('');
  });

  test('--json prints JSON, and nothing besides', async () => {
    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status.experiments.verdicts).toMatchObject({ keep: 1, discard: 2, crash: 1 });
    const lines = (await run('log', '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ verdict }) => verdict)).toEqual(['discard', 'keep', 'discard', 'crash']);
    expect(JSON.parse((await run('show', '2', '--json')).stdout)).toMatchObject({
      id: 2,
      metric: 9,
      verdict: 'keep',
    });
    const checked = JSON.parse((await run('check', '--json')).stdout);
    expect(checked.outcome).toMatchObject({ kind: 'completed', measurement: { value: 10 } });
    const replayed = (await run('replay', '2', '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(replayed).toMatchObject([{ kind: 'equal', value: 9 }]);
  });

  test('a replay of the baseline and of a keep measures the same, and changes no verdict', async () => {
    const before = (await run('log')).stdout;
    for (const id of ['baseline', '2']) {
      const { code, stdout } = await run('replay', id);
      expect({ id, code }).toEqual({ id, code: 0 });
      expect(stdout).toContain('equal, ');
    }
    expect((await run('replay', '4')).code).toBe(3);
    expect((await run('log')).stdout).toBe(before);
  });

  test('what is exported as tsv can be imported by another study', async () => {
    const file = join(lab.root, '..', 'results.tsv');
    expect((await run('export', '--format', 'tsv', '--output', file)).code).toBe(0);
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    expect(rows[0]).toBe('commit\tscore\tmemory_gb\tstatus\tdescription');
    expect(rows.slice(1).map((row) => row.split('\t')[3])).toEqual([
      'keep',
      'discard',
      'keep',
      'discard',
      'crash',
    ]);
    using other = createTemporaryLab();
    await researchLab(other, { researcher: scriptedResearcher([]) });
    const { code, stdout } = await ratchet(['import', file, '--json'], { cwd: other.folder });
    expect({ code, rows: JSON.parse(stdout).rows }).toEqual({ code: 0, rows: 5 });
  });

  test('ratchet log | head -1 ends quietly', () => {
    const script = `"${process.execPath}" "${COMMAND}" log 2>errors | head -1; exit \${PIPESTATUS[0]}`;
    const printed = execFileSync('bash', ['-c', script], { cwd: lab.folder, encoding: 'utf8' });
    expect(printed.split('\n')).toHaveLength(2);
    expect(readFileSync(join(lab.folder, 'errors'), 'utf8')).toBe('');
  });
});

test('init makes a lab that check and run accept at once', { timeout: 120_000 }, async () => {
  using home = createTemporaryLab({ git: 'none' });
  const place = { cwd: join(home.root, '..') };
  expect(await ratchet(['init', 'new lab'], place)).toMatchObject({ code: 0, stderr: '' });
  const lab = join(place.cwd, 'new lab');
  expect(readdirSync(lab)).toContain('program.md');
  expect((await ratchet(['check'], { cwd: lab })).code).toBe(0);
  const { code, stdout } = await ratchet(['run', '--experiments', '1'], { cwd: lab });
  expect(code).toBe(0);
  expect(stdout).toContain('the budget of the run is used: 1 experiment');
});

/** A lab whose trials take a moment, so that a study lasts until it is stopped. */
function createSlowLab(): TemporaryLab {
  return createTemporaryLab({
    program: ['edit: [settings.mjs]'],
    files: {
      'settings.mjs': 'export const settings = { width: 40, depth: 12, rate: 0.25 };\n',
      'run.mjs':
        "import { settings } from './settings.mjs';\n" +
        'await new Promise((resolve) => setTimeout(resolve, 600));\n' +
        "console.log('score:', Object.values(settings).reduce((sum, number) => sum + Math.abs(number - 7), 0));\n",
    },
  });
}

test('a detached engine is watched, paused, woken and stopped from other processes', {
  timeout: 120_000,
}, async () => {
  using lab = createSlowLab();
  const run = (...args: string[]) => ratchet(args, { cwd: lab.folder });
  const phase = async () => JSON.parse((await run('status', '--json')).stdout).engine;

  const detached = await run('run', '--slots', '1', '--detach');
  expect(detached).toMatchObject({ code: 0, stderr: '' });
  const pid = Number(/pid (\d+)/.exec(detached.stdout)?.[1]);
  expect(await phase()).toMatchObject({ phase: 'running', pid });
  const watching = startRatchet(['attach'], { cwd: lab.folder });
  const watched = endOf(watching);

  const { study } = JSON.parse((await run('status', '--json')).stdout);
  const log = join(lab.folder, '.ratchet', study, 'engine.log');
  expect(detached.stdout).toContain(`its output: ${log}`);
  // It holds the link with the token.
  expect(statSync(log).mode & 0o777).toBe(0o600);
  let logged = '';
  for (; !logged.includes(' at work with 1 slot '); await sleep(20)) logged = readFileSync(log, 'utf8');
  expect((await run('run', '--detach')).code).toBe(3);
  expect(readFileSync(log, 'utf8').slice(0, logged.length)).toBe(logged);
  expect(readdirSync(join(lab.folder, '.ratchet')).toSorted()).toEqual(['.gitignore', study]);

  expect(await run('pause')).toMatchObject({ code: 0, stderr: '' });
  expect(await phase()).toMatchObject({ phase: 'paused', pid });
  const trials = async () => {
    const reading = readLedger(join(lab.folder, '.ratchet', study, 'ledger.sqlite'));
    if (reading.kind !== 'open') throw new Error(`the ledger cannot be read: ${reading.kind}`);
    using reader = reading.reader;
    return reader.state.nextTrial;
  };
  await untilFree(phase);
  await untilRounds(lab, study);
  const before = await trials();
  await untilRounds(lab, study);
  expect(await trials()).toBe(before);

  const second = await run('run', '--experiments', '3', '--slots', '2');
  expect(second.code).toBe(0);
  expect(second.stdout).toContain('works again as it was started, without --experiments and --slots');
  expect(await phase()).toMatchObject({ phase: 'running', pid });

  expect((await run('run')).code).toBe(3);
  expect(await run('stop')).toMatchObject({ code: 0, stderr: '' });
  expect(await phase()).toMatchObject({ phase: 'stopped' });
  const { code, stdout } = await watched;
  expect(code).toBe(0);
  expect(stdout).toContain('the engine has stopped');
  while (isRunning(pid)) await sleep(50);
});

test('a detached engine that cannot start says why, and ends with the code of its own mistake', async () => {
  using lab = createTemporaryLab({ program: ['direction: smaller'] });
  const plain = await ratchet(['run'], { cwd: lab.folder });
  const detached = await ratchet(['run', '--detach'], { cwd: lab.folder });
  expect(plain.code).toBe(2);
  expect(detached).toEqual(plain);
});

/** Until the engine has twice more shown what it does: by then it would have started what it was going to start. */
async function untilRounds(lab: TemporaryLab, study: string): Promise<void> {
  const shownAt = () =>
    JSON.parse(readFileSync(join(lab.folder, '.ratchet', study, 'live.json'), 'utf8')).at as number;
  for (let round = 1; round <= 2; round += 1) {
    for (const last = shownAt(); shownAt() === last; ) await sleep(20);
  }
}

async function untilFree(phase: () => Promise<{ slots: { kind: string }[] }>): Promise<void> {
  while ((await phase()).slots.some(({ kind }) => kind !== 'free')) await sleep(100);
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockStudy } from '../engine/lock.ts';
import { openRepository } from '../git/open-repository.ts';
import type { StudyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { createLedgerCopy } from '../record/copy.ts';
import { readLedger } from '../record/reader.ts';
import { COMMAND, createTemporaryLab, type TemporaryLab } from './fixtures/temporary-lab.ts';

const ESCAPE = '\u001b';
const FIELDS = [
  'id',
  'hypothesis',
  'category',
  'researcher',
  'verdict',
  'reason',
  'metric',
  'delta',
  'certified',
  'withdrawn',
  'parent',
  'commit',
  'seconds',
];

describe('a lab with a study', () => {
  let lab: TemporaryLab;
  let study: StudyFolder;
  const hypothesis = (number: number) =>
    number === 3 ? `wide 漢字 ${ESCAPE}[31mred\nnext` : `idea ${number}`;

  beforeAll(async () => {
    lab = createTemporaryLab();
    study = await lab.writeStudy({ experiments: 42, hypothesis });
  });
  afterAll(() => lab[Symbol.dispose]());

  test('log prints one line an experiment under a head with units, and no escape sequence', () => {
    const { code, stdout, stderr } = lab.ratchet(['log']);
    const lines = stdout.trimEnd().split('\n');
    expect({ code, stderr, lines: lines.length }).toEqual({ code: 0, stderr: '', lines: 43 });
    expect(lines[0]).toContain('val_bpb (bits/byte)');
    expect(lines[0]).toContain('wall (s)');
    expect(lines[3]).toContain('wide 漢字 red next');
    expect(stdout).not.toContain(ESCAPE);
  });

  test('log --json prints one object an experiment with exactly the promised fields', () => {
    const lines = lab.ratchet(['log', '--json']).stdout.trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.map(({ id }) => id)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
    for (const line of parsed) expect(Object.keys(line)).toEqual(FIELDS);
    expect(parsed.filter(({ verdict }) => verdict === 'crash').every(({ metric }) => metric === null)).toBe(
      true,
    );
  });

  test('a reader that closes the pipe early ends the command quietly', async () => {
    const child = spawn(process.execPath, [COMMAND, 'log', '--json'], { cwd: lab.folder });
    child.stdout.destroy();
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  test('status says what was measured, from where to where, and how to look further', () => {
    const { code, stdout } = lab.ratchet(['status']);
    expect(code).toBe(0);
    expect(stdout).toContain('val_bpb in bits/byte, smaller is better');
    expect(stdout).toMatch(/2\.4013 -> 2\.\d{4} bits\/byte \(-0\.\d{4}, -\d\.\d\d%\)/);
    expect(stdout).toContain('none at work');
    expect(stdout).toContain('158 experiments left');
    expect(stdout).toContain('ratchet/20261121-220000-abcd');
  });

  test('status --json agrees with what log --json counts', () => {
    const status = JSON.parse(lab.ratchet(['status', '--json']).stdout);
    const lines = lab
      .ratchet(['log', '--json'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const keeps = lines.filter(({ verdict }) => verdict === 'keep');
    expect(status.experiments.verdicts.keep).toBe(keeps.length);
    expect(status.champion.experiments).toEqual(keeps.map(({ id }) => id));
    expect(status.champion.score.value).toBe(keeps.at(-1).metric);
    expect(status.baseline.score.value).toBe(2.4013);
    expect(status.engine.phase).toBe('stopped');
  });

  test('status names the pid of an engine at work', () => {
    const locking = lockStudy(study);
    if (locking.kind !== 'held') throw new Error('the lock is taken');
    using _ = locking.lock;
    const live = { pid: process.pid, course: 'running', at: 0, slots: 2, busy: [] };
    writeFileSync(study.live, JSON.stringify(live));
    const { engine } = JSON.parse(lab.ratchet(['status', '--json']).stdout);
    expect(engine).toEqual({
      phase: 'running',
      pid: process.pid,
      slots: [
        { kind: 'free', slot: 0 },
        { kind: 'free', slot: 1 },
      ],
    });
    const refused = lab.ratchet(['import', writeTsv(lab)]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`pid ${process.pid}`);
    rmSync(study.live);
  });

  test('show tells hypothesis, verdict, evidence, trials, curve, diff and the end of the output', () => {
    const keep = lab
      .ratchet(['log', '--json'])
      .stdout.split('\n')
      .map((line) => line && JSON.parse(line))
      .find(({ verdict }) => verdict === 'keep');
    const { code, stdout } = lab.ratchet(['show', String(keep.id)]);
    expect(code).toBe(0);
    for (const part of [
      `idea ${keep.id}`,
      '✓ keep',
      'trials',
      'over the trial',
      '+export const learningRate',
      'end of trial',
      keep.commit,
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain(ESCAPE);
    const json = JSON.parse(lab.ratchet(['show', `#${keep.id}`, '--json']).stdout);
    expect(json.evidence.candidate).toBe(keep.metric);
    expect(json.curve).toHaveLength(4);
    expect(json.diff).toContain('-export const learningRate');
  });

  test('an unknown experiment is a mistake that says which there are, without a stack trace', () => {
    const { code, stdout, stderr } = lab.ratchet(['show', '99']);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'ratchet: no experiment 99 in study 20261121-220000-abcd (it has 1 to 42)\n',
    });
    expect(lab.ratchet(['show', '99'], { env: { RATCHET_DEBUG: '1' } }).stderr).toContain('    at ');
    expect(lab.ratchet(['diff', 'nine']).stderr).toContain('"nine" is no experiment');
  });

  test('diff gives to a pipe what git apply takes: champion against baseline, or one experiment', () => {
    const { champion } = JSON.parse(lab.ratchet(['status', '--json']).stdout);
    const { code, stdout } = lab.ratchet(['diff']);
    expect(code).toBe(0);
    lab.git('checkout', '-q', '--detach', lab.commits[0] as string);
    execFileSync('git', ['apply', '-'], { cwd: lab.root, input: stdout });
    const applied = readFileSync(join(lab.folder, 'train.ts'), 'utf8');
    lab.git('checkout', '-q', '--force', 'main');
    expect(applied).toBe(`${lab.git('show', `${champion.commit}:labs/gpt/train.ts`)}\n`);
    expect(lab.ratchet(['diff', '1']).stdout).toContain('learningRate');
  });

  test('export writes results.tsv or the lines of log --json, to a file or to a pipe', () => {
    const file = join(lab.root, 'results.tsv');
    expect(lab.ratchet(['export', '--format', 'tsv', '--output', file]).code).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('commit\tval_bpb\tmemory_gb\tstatus\tdescription');
    expect(lines).toHaveLength(44);
    expect(lab.ratchet(['export', '--format', 'jsonl']).stdout).toBe(lab.ratchet(['log', '--json']).stdout);
    expect(lab.ratchet(['export', '--format', 'xml']).code).toBe(2);
    expect(
      lab.ratchet(['export', '--format', 'tsv', '--output', join(lab.root, 'no', 'such', 'file')]).code,
    ).toBe(2);
  });

  test('commands find the only lab with studies below the folder they are called in', () => {
    expect(lab.ratchet(['log'], { cwd: lab.root }).stdout).toBe(lab.ratchet(['log']).stdout);
    expect(lab.ratchet(['log', '--lab', 'labs/gpt'], { cwd: lab.root }).code).toBe(0);
  });

  test('a lab is an argument or an option, for every command that has no other argument', () => {
    const elsewhere = { cwd: join(lab.root, '..') };
    for (const command of [['status'], ['log'], ['export', '--format', 'tsv']]) {
      const expected = lab.ratchet(command).stdout;
      const named = lab.ratchet([...command, lab.folder], elsewhere);
      const option = lab.ratchet([...command, '--lab', lab.folder], elsewhere);
      const parts = (text: string) => text.split('\n').filter((line) => !/ of | ratchet /.test(line));
      expect({ command, ...named, stdout: parts(named.stdout) }).toEqual({
        command,
        code: 0,
        stderr: '',
        stdout: parts(expected),
      });
      expect(option).toEqual(named);
    }
    for (const command of ['attach', 'pause', 'stop']) {
      expect(lab.ratchet([command, '--lab', lab.folder], elsewhere).code).toBe(3);
    }
    for (const command of ['run', 'check']) {
      const { code, stderr } = lab.ratchet([command, '--lab', 'no such lab'], elsewhere);
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(stderr).toContain('no such lab does not exist');
    }
    expect(lab.ratchet(['log', 'labs/gpt', '--lab', 'labs/other'])).toMatchObject({
      code: 2,
      stderr: 'ratchet: the lab is named twice, labs/gpt and --lab labs/other: name it once\n',
    });
  });

  test('a pause that came too late does not say that anything is paused', async () => {
    const locking = lockStudy(study);
    if (locking.kind !== 'held') throw new Error('the lock is taken');
    const live = { pid: process.pid, course: 'stopping', at: 0, slots: 1, busy: [] };
    writeFileSync(study.live, JSON.stringify(live));
    expect(lab.ratchet(['pause'])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('is stopping'),
    });
    rmSync(study.request);
    writeFileSync(study.live, JSON.stringify({ ...live, course: 'running' }));
    const pausing = start(lab, ['pause']);
    while (!existsSync(study.request)) await sleep(20);
    locking.lock.release();
    rmSync(study.live);
    expect(await pausing.ended).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('ended before it paused'),
    });
    rmSync(study.request);
  });

  test('stop says which trials it waits for', async () => {
    const locking = lockStudy(study);
    if (locking.kind !== 'held') throw new Error('the lock is taken');
    const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
    const busy = [0, 1].map((slot) => ({ slot, trial: slot + 1, stage: 'run', share: 0, usage }));
    const live = { pid: process.pid, course: 'stopping', at: 0, slots: 2, busy };
    writeFileSync(study.live, JSON.stringify(live));
    const stopping = start(lab, ['stop']);
    const said = 'stopping: 2 trials in flight are finished first; "ratchet stop --now" ends them\n';
    while (!stopping.stdout().includes('\n')) await sleep(20);
    expect(stopping.stdout()).toBe(said);
    locking.lock.release();
    expect(await stopping.ended).toEqual({ code: 0, stdout: `${said}stopped\n`, stderr: '' });
    rmSync(study.live);
    rmSync(study.request);
  });

  test('a mistake in the command line ends with 2 and says where help is', () => {
    for (const args of [
      ['nope'],
      ['log', '--nope'],
      ['show'],
      ['log', '--study', 'x'],
      ['log', '--lab', 'nowhere'],
    ]) {
      const { code, stderr } = lab.ratchet(args);
      expect({ args, code, trace: stderr.includes('    at ') }).toEqual({ args, code: 2, trace: false });
    }
    expect(lab.ratchet(['help']).stdout).toContain('Exit codes:');
  });
});

/** A command beside the test, which goes on meanwhile. */
function start(lab: TemporaryLab, args: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: lab.folder });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { stdout: () => said.stdout, ended };
}

function writeTsv(lab: TemporaryLab, metric = 'val_bpb'): string {
  const file = join(lab.root, `${metric}.tsv`);
  const rows = ['a1b2c3d\t0.997900\t44.0\tkeep\tbaseline', 'b2c3d4e\t0.000000\t0.0\tcrash\tdouble width'];
  writeFileSync(file, [`commit\t${metric}\tmemory_gb\tstatus\tdescription`, ...rows, ''].join('\n'));
  return file;
}

test('an imported history is in the ledger as reported, and adds no experiment', async () => {
  using lab = createTemporaryLab(4);
  const study = await lab.writeStudy({ experiments: 2 });
  const { code, stdout } = lab.ratchet(['import', writeTsv(lab), '--json']);
  expect({ code, ...JSON.parse(stdout) }).toEqual({
    code: 0,
    study: '20261121-220000-abcd',
    file: 'val_bpb.tsv',
    rows: 2,
  });
  const reading = readLedger(study.ledger);
  if (reading.kind !== 'open') throw new Error('the ledger cannot be read');
  using reader = reading.reader;
  expect(reader.state.imported.map(({ verdict, value }) => ({ verdict, value }))).toEqual([
    { verdict: 'keep', value: 0.9979 },
    { verdict: 'crash', value: undefined },
  ]);
  expect(reader.state.experiments.size).toBe(2);
  expect(lab.ratchet(['import', writeTsv(lab, 'accuracy')]).code).toBe(2);
  writeFileSync(join(lab.root, 'bad.tsv'), 'hello\n');
  expect(lab.ratchet(['import', join(lab.root, 'bad.tsv')]).stderr).toContain('bad.tsv:1:');
});

test('scores that candidates report themselves are marked wherever they are shown', async () => {
  using lab = createTemporaryLab(12);
  await lab.writeStudy({ experiments: 10, source: 'candidate-reported' });
  for (const args of [['status'], ['log'], ['show', '1']]) {
    expect(lab.ratchet(args).stdout, args.join(' ')).toContain('candidate-reported');
  }
});

test('a lab has the study that --study names, and the newest without it', async () => {
  using lab = createTemporaryLab(4);
  await lab.writeStudy({ experiments: 3, study: '20260101-000000-0001' as StudyId });
  await lab.writeStudy({ experiments: 1, study: '20260201-000000-0002' as StudyId });
  const count = (...args: string[]) =>
    lab
      .ratchet(['export', '--format', 'jsonl', ...args])
      .stdout.trim()
      .split('\n').length;
  expect([count(), count('--study', '20260101')]).toEqual([1, 3]);
  expect(lab.ratchet(['log', '--study', '2026']).stderr).toContain(
    '20260101-000000-0001, 20260201-000000-0002',
  );
});

test('of several labs below a folder none is guessed, unless only one of them has studies', async () => {
  using lab = createTemporaryLab(4);
  const other = join(lab.root, 'labs', 'other');
  mkdirSync(other);
  cpSync(join(lab.folder, 'program.md'), join(other, 'program.md'));
  const { code, stderr } = lab.ratchet(['log'], { cwd: lab.root });
  expect(code).toBe(2);
  expect(stderr).toContain('name one of labs/gpt, labs/other');
  await lab.writeStudy({ experiments: 1 });
  expect(lab.ratchet(['log'], { cwd: lab.root }).code).toBe(0);
});

test('without a study there is nothing to show, which is no mistake', () => {
  using lab = createTemporaryLab(1);
  const { code, stderr } = lab.ratchet(['log']);
  expect(code).toBe(3);
  expect(stderr).toContain('ratchet run');
  mkdirSync(join(lab.root, '..', 'empty'));
  expect(lab.ratchet(['log'], { cwd: join(lab.root, '..', 'empty') }).code).toBe(2);
});

test('a study whose folder was deleted is known by its copy in git, and run restores it', async () => {
  using lab = createTemporaryLab(4);
  const study = await lab.writeStudy({ experiments: 2 });
  const opening = await openRepository(lab.folder);
  const reading = readLedger(study.ledger);
  if (opening.kind !== 'open' || reading.kind !== 'open') throw new Error('the lab cannot be read');
  await createLedgerCopy({
    chain: opening.repository,
    ref: 'refs/ratchet/20261121-220000-abcd/ledger',
  }).write(reading.reader);
  reading.reader.close();
  await opening.repository.close();
  rmSync(join(lab.folder, '.ratchet'), { recursive: true });
  const { code, stderr } = lab.ratchet(['status']);
  expect(code).toBe(3);
  expect(stderr).toContain('study 20261121-220000-abcd is left as a copy in git: "ratchet run');
});

test('the champion of a study without a keep has no diff', async () => {
  using lab = createTemporaryLab(2);
  await lab.writeStudy({ experiments: 0 });
  const { code, stderr } = lab.ratchet(['diff']);
  expect(code).toBe(3);
  expect(stderr).toContain('nothing is kept yet');
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../src/process/testing.ts';
import { hasStack, ratchet } from '../command.ts';
import { researchLab } from '../session.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';
import { createEvaluatedLab, createScriptLab, linesOf, tryScripts } from './scripts.ts';

/** Experiments as `log --json` prints them. */
async function logOf(lab: TemporaryLab, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await ratchet(['log', '--json', ...args], { cwd: lab.folder });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
}

/** A deterministic lab that built-in search can improve: the score is the distance of a number from 3. */
function createSearchLab(program: readonly string[] = []): TemporaryLab {
  return createTemporaryLab({
    program: ['edit: [settings.mjs]', 'deterministic: true', ...program],
    files: {
      'settings.mjs': 'export const settings = { width: 40, depth: 12, rate: 0.25, warm: true };\n',
      'run.mjs':
        "import { settings } from './settings.mjs';\n" +
        'const { width, depth, rate, warm } = settings;\n' +
        'const loss = Math.abs(Math.log(width / 300)) + Math.abs(depth - 5) + Math.abs(rate - 0.1) + (warm ? 1 : 0);\n' +
        "console.log('score:', loss);\n",
    },
  });
}

test('a baseline without a measurement ends with 2, and says why and where its output lies', async () => {
  using lab = createScriptLab([], { 'trial.sh': 'echo "ImportError: no module named torch" >&2; exit 1\n' });
  const { code, stdout, stderr } = await ratchet(['run'], { cwd: lab.folder });
  expect({ code, stack: hasStack(stdout + stderr) }).toEqual({ code: 2, stack: false });
  expect(stdout + stderr).toContain('exit code 1: ImportError: no module named torch');
  const output = /\S*\/output\.log/.exec(stdout + stderr)?.[0];
  expect(existsSync(join(lab.folder, output ?? 'not named')), `no output named in:\n${stdout}${stderr}`).toBe(
    true,
  );
});

test('a check of such a baseline ends with 2, and shows the last that it printed', async () => {
  using lab = createScriptLab([], { 'trial.sh': 'echo "loading data"; echo "no data" >&2; exit 1\n' });
  const { code, stdout, stderr } = await ratchet(['check'], { cwd: lab.folder });
  expect({ code, stdout, stack: hasStack(stderr) }).toEqual({ code: 2, stdout: '', stack: false });
  expect(stderr).toContain('the baseline yields no measurement: exit code 1: no data');
  expect(stderr).toContain('  loading data');
  expect(readdirSync(join(lab.folder, '.ratchet'))).toEqual(['.gitignore']);
});

test('a researcher without an idea ends the run, and leaves a measured baseline', async () => {
  using lab = createScriptLab();
  const { ending, state } = await researchLab(lab, { researcher: { name: 'none', propose: async () => [] } });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(state.ended.size).toBe(1);
});

test('what a researcher says of its draft is cut to what the ledger holds', async () => {
  using lab = createScriptLab();
  const { state } = await researchLab(lab, {
    researcher: {
      name: 'wordy',
      propose: async ({ state: { nextExperiment } }) =>
        nextExperiment > 1
          ? []
          : [
              {
                hypothesis: 'words '.repeat(2000),
                category: 'other',
                edit: 'edit '.repeat(2000),
                changes: [{ kind: 'write', path: 'trial.sh', content: 'echo score: 9' }],
                expectedGain: Infinity,
              },
            ],
    },
  });
  const [experiment] = state.experiments.values();
  expect(experiment?.status).toBe('judged');
  expect(experiment?.proposal).not.toHaveProperty('expectedGain');
});

test('a gain that breaks a guard, or leaves it unmeasured, is a discard', async () => {
  using lab = createScriptLab(['guards: { size: { max: 100 }, accuracy: { min: 0.5 } }']);
  const { verdicts } = await tryScripts(lab, [
    'echo score: 9; echo size: 101; echo accuracy: 1',
    'echo score: 9; echo size: 100; echo accuracy: 0.4',
    'echo score: 9; echo size: 100',
    'echo score: 9; echo size: 100; echo accuracy: 0.5',
  ]);
  expect(linesOf(verdicts)).toEqual([
    'discard: better, but size is 101, above 100',
    'discard: better, but accuracy is 0.4, below 0.5',
    'discard: better, but the guard accuracy was not measured',
    'keep: better by 1 points',
  ]);
});

test('where there is an evaluation, a guard hears it alone', async () => {
  using lab = createEvaluatedLab(['guards: { letters: { min: 9 }, size: { max: 100 } }']);
  const { verdicts } = await tryScripts(lab, [
    'echo letters: 9; printf 12345678 > answer.txt',
    'echo size: 1; printf 123456789 > answer.txt',
  ]);
  expect(linesOf(verdicts)).toEqual([
    'discard: better, but letters is 8, below 9',
    'discard: better, but the guard size was not measured',
  ]);
});

test('a guard on memory cannot be met by printing it', async () => {
  using lab = createScriptLab(['guards: { peak_memory_mb: { max: 0.001 } }']);
  const { verdicts } = await tryScripts(lab, ['echo score: 9; echo peak_memory_mb: 0.0005; sleep 0.5']);
  expect(linesOf(verdicts)).toEqual([
    expect.stringMatching(/^discard: better, but peak_memory_mb is \S+, above 0.001$/),
  ]);
});

test('checks must pass before a keep, and are not run on what is worse', async () => {
  const outside = scratchFolder();
  using lab = createScriptLab(['checks: sh check.sh', `sandbox: { write: ["${outside}"] }`], {
    'trial.sh': 'echo score: 10 # fine\n',
    'check.sh': '',
  });
  const checked = join(outside, 'checked');
  lab.write(
    'check.sh',
    `cat trial.sh >> '${checked}'\ngrep -q fine trial.sh || { echo "not fine"; exit 1; }\n`,
  );
  const { verdicts } = await tryScripts(lab, [
    'echo score: 9\n',
    'echo score: 11\n',
    'echo score: 8 # fine\n',
  ]);
  expect(linesOf(verdicts)).toEqual([
    'invalid: the checks failed, exit code 1: not fine',
    'discard: worse by 1 points',
    'keep: better by 2 points',
  ]);
  expect(readFileSync(checked, 'utf8')).toBe('echo score: 9\necho score: 8 # fine\n');
});

test('checks are run by what the parent scores under the conditions of today, not by an older number', async () => {
  // The baseline scores 1 within 20 seconds and 10 within 15, and is slow to say so the second time.
  using lab = createScriptLab(['checks: sh check.sh'], {
    'trial.sh': 'if [ "$RATCHET_BUDGET" = 20 ]; then echo score: 1; else sleep 1; echo score: 10; fi\n',
    'check.sh': 'echo "not fine"; exit 1\n',
  });
  await tryScripts(lab, []);
  const program = readFileSync(join(lab.folder, 'program.md'), 'utf8');
  lab.write('program.md', program.replace('trial: 20s', 'trial: 15s'));
  const { verdicts } = await tryScripts(lab, ['echo score: 9'], { slots: 2 });
  expect(linesOf(verdicts)).toEqual(['invalid: the checks failed, exit code 1: not fine']);
});

test('a budget of CPU time counts the whole tree, and not the time asleep', async () => {
  using lab = createScriptLab(['budget: { trial: 1s cpu, grace: 1s }']);
  const spin = 'while true; do :; done';
  const { verdicts, state } = await tryScripts(lab, [
    `${spin}`,
    `(${spin}) & (${spin}) & wait`,
    'sleep 2.5; echo score: 9',
  ]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['timeout', 'timeout', 'keep']);
  // On a busy machine it is the clock on the wall that ends what gets less than a quarter of a core.
  for (const { reason } of verdicts.slice(0, 2)) {
    expect(reason).toMatch(/^run used \d+\.\d s of (cpu time; the limit is 2|wall time; the limit is 8) s$/);
  }
  const asleep = [...state.ended.values()].at(-1);
  expect(asleep?.usage.wallSeconds).toBeGreaterThan(2);
  expect(asleep?.usage.cpuSeconds).toBeLessThan(2);
});

test('--experiments counts the verdicts of this run, and a run goes on where the last one ended', async () => {
  using lab = createSearchLab();
  for (const expected of [4, 7]) {
    const count = String(expected === 4 ? 4 : 3);
    const { code, stdout } = await ratchet(['run', '--experiments', count], { cwd: lab.folder });
    expect(code).toBe(0);
    expect(stdout).toContain(`the budget of the run is used: ${count} experiments`);
    expect((await logOf(lab)).filter(({ verdict }) => verdict !== 'proposed')).toHaveLength(expected);
  }
});

test('the budget of the study ends it, however many runs it took', async () => {
  using lab = createSearchLab(['budget: { trial: 10s, grace: 10s, experiments: 3 }']);
  await ratchet(['run', '--experiments', '2'], { cwd: lab.folder });
  const { stdout } = await ratchet(['run'], { cwd: lab.folder });
  expect(stdout).toContain(
    'the budget of the study is used: 3 experiments; raise `budget.experiments` in program.md, or start anew with --new',
  );
  expect((await logOf(lab)).filter(({ verdict }) => verdict !== 'proposed')).toHaveLength(3);
});

test('--for ends the run in time, once the trials in flight are finished', async () => {
  using lab = createSearchLab();
  const { code, stdout } = await ratchet(['run', '--for', '1s', '--slots', '1'], { cwd: lab.folder });
  expect(code).toBe(0);
  expect(stdout).toContain('the budget of the run is used: 1s');
  expect((await logOf(lab)).filter(({ verdict }) => verdict === 'running')).toEqual([]);
});

test('--trial replaces the budget of the program', async () => {
  using lab = createScriptLab(['budget: { trial: 1h }'], {
    'trial.sh': 'printf "score: %s\\n" "$RATCHET_BUDGET"\n',
  });
  const { stdout } = await ratchet(['check', '--trial', '7s cpu'], { cwd: lab.folder });
  expect(stdout).toContain('score: 7 points');
});

test('equal seeds on a deterministic lab with one slot give equal studies, but for ids and times', {
  timeout: 120_000,
}, async () => {
  const studies: unknown[] = [];
  for (const seed of ['7', '7', '8']) {
    using lab = createSearchLab();
    await ratchet(['run', '--seed', seed, '--slots', '1', '--experiments', '12'], { cwd: lab.folder });
    const lines = await logOf(lab, '--all');
    // What was thought ahead when the last verdict came in is a matter of the moment.
    const last = lines.findLastIndex(({ verdict }) => !/proposed|set-aside|running/.test(String(verdict)));
    studies.push(lines.slice(0, last + 1).map(({ parent: _, commit: __, seconds: ___, ...line }) => line));
  }
  const [first, second, other] = studies;
  expect((first as unknown[]).length).toBeGreaterThanOrEqual(12);
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

test('--new opens another study beside the first, and both can be read', async () => {
  using lab = createSearchLab();
  await ratchet(['run', '--experiments', '2'], { cwd: lab.folder });
  const [first] = studiesOf(lab);
  await ratchet(['run', '--new', '--experiments', '1'], { cwd: lab.folder });
  const studies = studiesOf(lab);
  expect(studies).toHaveLength(2);
  const judged = async (study: string) =>
    (await logOf(lab, '--study', study)).filter(({ verdict }) => verdict !== 'proposed').length;
  expect(await judged(first ?? '')).toBe(2);
  expect(await judged(studies.find((study) => study !== first) ?? '')).toBe(1);
});

function studiesOf(lab: TemporaryLab): string[] {
  const refs = lab.git('for-each-ref', '--format=%(refname)', 'refs/ratchet/*/ledger');
  return refs.split('\n').map((ref) => ref.split('/')[2] ?? '');
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { studyFolder, trialFolder } from '../../src/lab/folder.ts';
import type { TrialId } from '../../src/model/identity.ts';
import type { StudyState } from '../../src/model/study.ts';
import type { TemporaryLab } from '../temporary-lab.ts';
import { createEvaluatedLab, createScriptLab, linesOf, tryScripts } from './scripts.ts';

const METRICS = '"$RATCHET_METRICS"';

test('a score that is missing, doubled, or no finite number is invalid, and never a keep', async () => {
  using lab = createScriptLab();
  const { verdicts, state } = await tryScripts(lab, [
    'true',
    'echo score: 1; echo score: 2',
    'echo score: nan',
    'echo score: NaN',
    'echo score: inf',
    'echo score: -Infinity',
    'echo score: 1e999',
    'echo score: none',
    `echo '{"score":1}' > ${METRICS}; echo score: 2`,
    `echo '{"score":"1"}' > ${METRICS}`,
    `echo '{"score":1' > ${METRICS}`,
    `mkdir ${METRICS}; echo score: 1`,
    `echo '{"progress":0.5,"score":1}' > ${METRICS}`,
  ]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(verdicts.map(() => 'invalid'));
  expect(linesOf(verdicts)).toMatchInlineSnapshot(`
    [
      "invalid: no score was printed",
      "invalid: score stands 2 times on standard output, not once",
      "invalid: score is "nan" on standard output, not a finite number",
      "invalid: score is "NaN" on standard output, not a finite number",
      "invalid: score is "inf" on standard output, not a finite number",
      "invalid: score is "-Infinity" on standard output, not a finite number",
      "invalid: score is "1e999" on standard output, not a finite number",
      "invalid: score is "none" on standard output, not a finite number",
      "invalid: score is 1 in the metrics file and 2 on standard output",
      "invalid: score is "\\"1\\"" in the metrics file, not a finite number",
      "invalid: in the metrics file, "{\\"score\\":1" is not JSON (NaN and Infinity are not)",
      "invalid: the metrics file is no plain file",
      "invalid: no score was printed",
    ]
  `);
  for (const { outcome } of [...state.ended.values()].slice(1)) expect(outcome.kind).toBe('invalid');
});

const SEVENTY = '$(seq 70)';

test('whatever a trial tells beside its score, the ledger takes it, and the study goes on', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, [
    'echo __proto__: 1; echo constructor: 1; echo score: 9',
    `echo '{"__proto__":1,"score":8}' > ${METRICS}`,
    `for i in ${SEVENTY}; do echo "m$i: $i"; done; echo score: 7`,
    `{ printf '{"progress":0.5'; for i in ${SEVENTY}; do printf ',"m%s":1' $i; done; echo '}'; } > ${METRICS}; echo score: 6`,
    'echo score: -1.7e308',
  ]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(verdicts.map(() => 'keep'));
});

test('what the run tells beside what the evaluation tells is no more than the ledger holds', async () => {
  using lab = createEvaluatedLab();
  const { verdicts, state } = await tryScripts(lab, [
    `for i in ${SEVENTY}; do echo "m$i: $i"; done; printf 123456789 > answer.txt`,
  ]);
  expect(linesOf(verdicts)).toEqual(['keep: better by 1 points']);
  expect([...state.ended.values()].at(-1)?.outcome).toMatchObject({ others: { letters: 9 } });
});

test('a score told twice with one value, in the file and on the output, is one score', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, [
    `echo '{"score":9.125}' > ${METRICS}; echo score: 9.125`,
    `echo '{"score":8.0004}' > ${METRICS}; echo score: 8.000`,
  ]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['keep', 'keep']);
});

test('a trial that fails has no score, whatever it printed before', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, [
    'echo score: 1; exit 3',
    'echo score: 1; kill -KILL $$',
    'echo score: 1; echo "RuntimeError: out of memory" >&2; exit 1',
    'exec ./no-such-program',
  ]);
  const [plain, killed, error, missing] = linesOf(verdicts);
  expect(plain).toBe('crash: exit code 3: score: 1');
  expect(killed).toMatch(/^crash: killed by SIGKILL/);
  expect(error).toBe('crash: exit code 1: RuntimeError: out of memory');
  expect(missing).toMatch(/^crash: exit code 12\d: .*no-such-program/);
});

test('a trial killed by its budget is a timeout, whatever it prints after it was told to end', async () => {
  using lab = createScriptLab(['budget: { trial: 1s, grace: 1s }']);
  const scripts = [
    'trap "echo score: 1; exit 0" TERM; while true; do sleep 0.05; done',
    'trap "" TERM; while true; do sleep 0.05; done; echo score: 1',
    'echo score: 1; exec sleep 600',
  ];
  const { verdicts } = await tryScripts(lab, scripts, { slots: 3 });
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['timeout', 'timeout', 'timeout']);
  expect(verdicts[0]?.reason).toMatch(/^run used \d+\.\d s of wall time; the limit is 2 s$/);
});

test('what a trial leaves running ends with it: daemons too, and what ignores being told', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, [
    // The shell ends at once; what it started lives on in a session of its own, and would print a second score.
    '(trap "" TERM HUP; setsid sh -c "sleep 1234.5; echo score: 1" &) ; echo score: 9',
    'nohup sleep 1234.5 >/dev/null 2>&1 & echo score: 8',
  ]);
  expect(linesOf(verdicts)).toEqual(['keep: better by 1 points', 'keep: better by 1 points']);
  expect(processesWith('sleep 1234.5')).toEqual([]);
});

test('a gigabyte of output is read to its end, and costs some megabytes of disk', async () => {
  using lab = createScriptLab();
  const { verdicts, state } = await tryScripts(lab, [
    'yes 0123456789 | head -c 1000000000; echo; echo score: 9',
  ]);
  expect(linesOf(verdicts)).toEqual(['keep: better by 1 points']);
  expect(statSync(outputOf(lab, state, 2)).size).toBeLessThanOrEqual(4 * 1024 * 1024);
});

test('binary output, one endless line, and lines of control characters hold nothing up and hide no score', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, [
    'head -c 3000000 /dev/urandom; echo; echo score: 9',
    'head -c 50000000 /dev/zero; echo; echo score: 8',
    'printf "\\033[2J\\033]0;title\\007\\nscore: 7\\r\\n"',
  ]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['keep', 'keep', 'keep']);
});

function outputOf(lab: TemporaryLab, { study }: StudyState, trial: number): string {
  return trialFolder(studyFolder(lab.folder, study.study), trial as TrialId).output;
}

function processesWith(command: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(command));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

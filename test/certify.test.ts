import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyId } from '../src/model/identity.ts';
import type { StudyState } from '../src/model/study.ts';
import { readLedger } from '../src/record/reader.ts';
import { ratchet } from './command.ts';
import { draftingResearcher, researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** The score is `a`, give or take a tenth by the seed and by `b`, which has no effect on average. */
const RUN = `
import { appendFileSync } from 'node:fs';
import { a } from './a.mjs';
import { b } from './b.mjs';
let bits = (Number(process.env.RATCHET_SEED) ^ Math.imul(b, 0x9e3779b1)) | 0;
for (const step of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) bits = Math.imul(bits ^ (bits >>> 15), step) ^ (bits >>> 13);
const noise = (bits >>> 0) / 2 ** 32 - 0.5;
const scale = Number(process.env.SCALE ?? 1);
for (const progress of [0.1, 0.2, 0.4, 0.6, 1]) {
  const point = { progress, score: scale * a * (2 - progress) };
  appendFileSync(process.env.RATCHET_METRICS, JSON.stringify(point) + '\\n');
}
console.log('parameters:', 100 + 10 * b);
console.log('score:', scale * a + 0.2 * noise);
`;

const a = (value: number) => `export const a = ${value};\n`;
const b = (value: number) => `export const b = ${value};\n`;

function createNoisyLab(program: readonly string[] = []): TemporaryLab {
  return createTemporaryLab({
    program: ['edit: [a.mjs, b.mjs]', ...program],
    files: { 'a.mjs': a(10), 'b.mjs': b(0), 'run.mjs': RUN },
  });
}

const certify = (lab: TemporaryLab, ...args: string[]) => ratchet(['certify', ...args], { cwd: lab.folder });

function stateOf(lab: TemporaryLab): StudyState {
  const [study] = studiesOnDisk(lab.folder);
  const opening = readLedger(studyFolder(lab.folder, study as StudyId).ledger);
  if (opening.kind !== 'open') throw new Error(opening.kind);
  const { state } = opening.reader;
  opening.reader.close();
  return state;
}

/** A greedy night keeps what helps, and of the many that do nothing at least one that was lucky. */
async function keepWithLuck(lab: TemporaryLab): Promise<StudyState> {
  const write = (path: string, content: string) => [{ kind: 'write', path, content } as const];
  const idle = Array.from({ length: 8 }, (_, index) => write('b.mjs', b(index + 1)));
  const { state } = await researchLab(lab, {
    researcher: draftingResearcher([write('a.mjs', a(5)), ...idle]),
  });
  return state;
}

describe('a champion of one real gain and some luck', () => {
  let lab: TemporaryLab;
  let before: StudyState;
  beforeAll(async () => {
    lab = createNoisyLab([
      'transfer: { env: { SCALE: 3 } }',
      'budget: { trial: 10s, grace: 10s, experiments: 9 }',
    ]);
    before = await keepWithLuck(lab);
  }, 120_000);
  afterAll(() => lab[Symbol.dispose]());

  const stackOf = (state: StudyState) => [...state.champions.values()][0]?.stack ?? [];

  test('before any trial all of it is provisional, and nothing is opened for writing', async () => {
    const stack = stackOf(before);
    expect(stack[0]).toBe(1);
    expect(stack.length).toBeGreaterThan(1);
    const { code, stdout } = await certify(lab, '--trials', '0');
    expect(code).toBe(0);
    expect(stdout).toContain(`0 certified, ${stack.length} provisional, 0 withdrawn`);
    expect(stateOf(lab).nextTrial).toBe(before.nextTrial);
  });

  test('the allowance of trials holds, and what it bought stays', async () => {
    const { code, stdout, stderr } = await certify(lab, '--trials', '3', '--slots', '1');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('3 trials were allowed, and have run'),
    });
    expect(stderr).toContain('trial 3 of at most 3: ');
    expect(stateOf(lab).nextTrial).toBe(before.nextTrial + 3);
  });

  test('what helps is certified, what was luck is not, and the stack is reported with its costs and its transfer', {
    timeout: 240_000,
  }, async () => {
    const { code, stdout, stderr } = await certify(lab, '--report', '--json', '--slots', '2');
    expect(code).toBe(0);
    const { changes, sum, costs, compute, ending } = JSON.parse(stdout);
    expect(ending).toBe('settled');
    const [real, ...others] = changes;
    expect(real).toMatchObject({ experiment: 1, standing: 'certified', transfer: { finding: 'helps' } });
    expect(real.effect.value).toBeGreaterThan(4.8);
    expect(real.effect.value).toBeLessThan(5.2);
    expect(real.transfer.value).toBeGreaterThan(14);
    expect(others.map(({ standing }: { standing: string }) => standing)).not.toContain('certified');
    expect(stderr).toContain('#1 is certified');
    expect(sum.measured.value).toBeGreaterThan(4.8);
    expect(sum.finding).toBeDefined();
    expect(costs.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['cpu_seconds', 'peak_memory_mb', 'parameters']),
    );
    // Half the score at every point: it is where the baseline ends before the first tenth is over.
    expect(compute).toMatchObject({ metric: 'score', isBound: true, share: expect.closeTo(0.1, 9) });
    const { certificates } = stateOf(lab);
    expect(certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : []))).toEqual([1]);
  });

  test('another call finds nothing to do, and its report says the same in words', async () => {
    const trials = stateOf(lab).nextTrial;
    const { code, stdout } = await certify(lab, '--report', '--slots', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('no further trial would settle anything');
    expect(stdout).toMatch(/1 {2}✓ certified +\+4\.\d+|1 {2}✓ certified +\+5\.\d+/);
    expect(stdout).toContain('gain over the baseline: +');
    expect(stdout).toMatch(/parameters: 100 -> 1\d\d/);
    expect(stdout).toContain("budget to the baseline's final score: at most 10% of the baseline's");
    expect(stdout).toContain('larger setting: SCALE=3');
    expect(stateOf(lab).nextTrial).toBe(trials);
  });
});

test('where the seed reaches nothing that is said, and nothing is certified', async () => {
  using lab = createTemporaryLab();
  await researchLab(lab, { researcher: scriptedResearcher(['export const value = 9;\n']) });
  const { code, stdout } = await certify(lab);
  expect(code).toBe(0);
  expect(stdout).toContain('seed not controlled');
  expect(stdout).toContain('0 certified, 1 provisional');
});

test('a lab that is declared deterministic has nothing to certify, and runs nothing for it', async () => {
  using lab = createTemporaryLab({ program: ['deterministic: true'] });
  const { state } = await researchLab(lab, { researcher: scriptedResearcher(['export const value = 9;\n']) });
  const { code, stdout } = await certify(lab);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('declared deterministic') });
  expect(stateOf(lab).nextTrial).toBe(state.nextTrial);
});

test('without a kept change there is nothing to certify', async () => {
  using lab = createTemporaryLab();
  await researchLab(lab, { researcher: scriptedResearcher(['export const value = 11;\n']) });
  expect(await certify(lab)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('still the baseline'),
  });
});

import { expect, test } from 'vitest';
import { posterior } from '../src/decide/posterior.ts';
import type { EndedTrial } from '../src/model/trial.ts';
import { ratchet } from './command.ts';
import { draftingResearcher, researchLab } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** Uses a part of the time that it is given, and scores worse the less that is; what luck there is comes from the seed. Smaller is better. */
const RUN = `
import { value } from './value.mjs';
const { RATCHET_SEED: seed, RATCHET_BUDGET: budget } = process.env;
const until = process.cpuUsage().user + 15_000 * Number(budget);
while (process.cpuUsage().user < until);
const luck = ((Number(seed) * 7919) % 101) / 1000;
console.log('score:', value * Math.min(1, 0.5 + Number(budget) / 20) + 10 / Number(budget) + luck);
console.log('budget:', budget);
`;

const BUDGET = 'budget: { trial: 10s cpu, screen: 2s, grace: 10s }';

function createLab(budget = BUDGET): TemporaryLab {
  return createTemporaryLab({
    files: { 'value.mjs': 'export const value = 10;\n', 'run.mjs': RUN },
    program: [budget],
  });
}

const fidelityOf = ({ conditions }: EndedTrial) => conditions.fidelity;

test('an idea is screened under the smaller budget, and kept for its whole trials alone', async () => {
  using lab = createLab();
  const values = [
    14, 16, 18, 20, 15, 17, 19, 13, 22, 12, 25, 14.5, 16.5, 11, 18.5, 21, 12.5, 24, 13.5, 30, 9, 40,
  ];
  const researcher = draftingResearcher(
    values.map((value) => [
      { kind: 'write', path: 'value.mjs', content: `export const value = ${value};\n` },
    ]),
  );
  const { state } = await researchLab(lab, { researcher, judge: posterior, slots: 2 });
  const trials = [...state.ended.values()];
  const short = trials.filter((trial) => fidelityOf(trial) < 1);
  expect(new Set(short.map(fidelityOf))).toEqual(new Set([0.2]));
  for (const { outcome, conditions } of trials)
    expect(outcome).toMatchObject({ kind: 'completed', others: { budget: conditions.fidelity * 10 } });
  const byTrial = new Map(trials.map((trial) => [trial.trial, trial]));
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const { verdict } = experiment;
    if (verdict.kind !== 'keep' && verdict.kind !== 'discard') continue;
    const { candidateTrials, parentTrials, basis } = verdict.evidence;
    const expected = basis?.kind === 'forecast' ? 0.2 : 1;
    expect(candidateTrials.map((trial) => fidelityOf(byTrial.get(trial)!))).toEqual(
      candidateTrials.map(() => expected),
    );
    expect(parentTrials.map((trial) => fidelityOf(byTrial.get(trial)!))).toEqual(parentTrials.map(() => 1));
  }
  const kept = [...state.experiments.values()].filter(
    (experiment) => experiment.status === 'judged' && experiment.verdict.kind === 'keep',
  );
  expect(kept).toHaveLength(1);
  // Once short trials were seen to tell, some ideas never had a whole one.
  const whole = new Set(trials.filter((trial) => fidelityOf(trial) === 1).map(({ commit }) => commit));
  expect(short.some(({ commit }) => !whole.has(commit))).toBe(true);
}, 180_000);

test('ratchet check tries the smaller budget too', async () => {
  using lab = createLab();
  const { stdout, code } = await ratchet(['check'], { cwd: lab.folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^a short trial \(2s cpu\): score 11\.\d+, which is compared with short trials alone$/m,
  );
});

/**
 * The product's judges in simulated studies: `npm run bench:judge -- [--slots 100] [--studies 8] [--json]`.
 *
 * Each study goes through the same fold over the same events as a real one (`bench/judge/simulated-study.ts`); what is simulated are
 * the ideas, their true effects, and the noise of trials (`bench/judge/world.ts`). Champion runs, re-tests and certificates take
 * slots like everything else. Greedy keeps every gain of one trial above the smallest effect; nothing of it is stopped early.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { JUDGES } from '../src/engine/judges.ts';
import type { Judge } from '../src/model/judge.ts';
import { SimulatedStudy } from './judge/simulated-study.ts';
import { type Setting, World } from './judge/world.ts';

const { values: options } = parseArgs({
  options: {
    slots: { type: 'string', default: '100' },
    studies: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const slots = Number(options.slots);
const studies = Number(options.studies);

const USUAL: Setting = {
  sigma: 0.001,
  correlation: 0,
  noise: 'normal',
  good: 0.03,
  gains: [0.0005, 0.01],
  supply: Number.POSITIVE_INFINITY,
  minimumEffect: 0.0005,
};

const ROWS: readonly (readonly [name: string, setting: Partial<Setting>])[] = [
  ['sigma .0005, 3% good', { sigma: 0.0005 }],
  ['sigma .0005, 15% good', { sigma: 0.0005, good: 0.15 }],
  ['sigma .001, 3% good', {}],
  ['sigma .001, 8% good', { good: 0.08 }],
  ['sigma .001, 15% good', { good: 0.15 }],
  ['sigma .002, 3% good', { sigma: 0.002 }],
  ['sigma .002, 15% good', { sigma: 0.002, good: 0.15 }],
  ['small effects, sigma .0005, 8%', { sigma: 0.0005, good: 0.08, gains: [0.0002, 0.002] }],
  ['t3 noise, sigma .001, 8%', { good: 0.08, noise: 't3' }],
  ['shared seeds .75, sigma .001, 8%', { good: 0.08, correlation: 0.75 }],
];

interface Policy {
  readonly name: string;
  readonly judge: Judge;
  /** Whether trials report their progress, so that the judge may stop them. */
  readonly streams: boolean;
}

const POLICIES: readonly Policy[] = [
  { name: 'greedy', judge: JUDGES.greedy, streams: false },
  { name: 'judge, whole trials', judge: JUDGES.posterior, streams: false },
  { name: 'judge, early stop', judge: JUDGES.posterior, streams: true },
];

/** Means over the studies. */
interface Outcome {
  /** True gain of the champion at the end, in thousandths of the metric's unit. */
  readonly gain: number;
  readonly trueKeeps: number;
  readonly falseKeeps: number;
  readonly hypotheses: number;
}

function play({ judge, streams }: Policy, setting: Setting): Outcome {
  const sum = { gain: 0, trueKeeps: 0, falseKeeps: 0, hypotheses: 0 };
  for (let study = 0; study < studies; study++) {
    const world = new World(setting, slots, study + 1);
    new SimulatedStudy(world, judge, streams).run();
    sum.gain += (1000 * world.champion) / studies;
    sum.trueKeeps += world.trueKeeps / studies;
    sum.falseKeeps += world.falseKeeps / studies;
    sum.hypotheses += world.hypotheses / studies;
  }
  return sum;
}

const rows = ROWS.map(([name, setting]) => {
  const outcomes = POLICIES.map((policy) => play(policy, { ...USUAL, ...setting }));
  process.stderr.write(`${name}: done\n`);
  return { name, outcomes };
});

if (options.json)
  console.log(JSON.stringify({ slots, studies, policies: POLICIES.map(({ name }) => name), rows }));
else print();

function print(): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;
  console.log(
    `gain (thousandths), false + true keeps; ${slots} slots, means of ${studies} studies; ${machine}`,
  );
  console.log(['', ...POLICIES.map(({ name }) => name)].map((text) => text.padEnd(34)).join(''));
  for (const { name, outcomes } of rows) {
    const cells = outcomes.map(
      ({ gain, falseKeeps, trueKeeps }) =>
        `${gain.toFixed(1)} (${falseKeeps.toFixed(1)} + ${trueKeeps.toFixed(1)})`,
    );
    console.log([name, ...cells].map((text) => text.padEnd(34)).join(''));
  }
}

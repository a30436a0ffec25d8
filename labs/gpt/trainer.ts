import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { calibrate } from './calibrate.ts';
import { type Conditions, readConditions } from './conditions.ts';
import type { Experiment } from './experiment.ts';
import { reportMetrics } from './metrics.ts';
import { MODEL_FILE } from './shapes.ts';
import { BLOCK_BYTES } from './text.ts';
import { openTraining, type Training } from './training.ts';

// The process in which a candidate trains. `harness.ts` starts it and feeds it the training split.

/** Progress lines a trial, at most. */
const PROGRESS_LINES = 20;

/** Taken before the candidate's code is loaded, which shares this process. */
const cpuUsage = process.cpuUsage.bind(process);

function cpuSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

async function run(conditions: Conditions, blocks: readonly Uint8Array[]): Promise<string | undefined> {
  const experiment: Experiment = await import('./train.ts');
  const training = await openTraining(experiment, blocks, conditions.seed);
  const steps = await stepsFor(training, conditions);
  const fault = await train(training, steps);
  if (fault !== undefined) return fault;
  writeFileSync(join(import.meta.dirname, MODEL_FILE), training.exportModel());
  const { parameters, tokensPerStep } = training;
  reportMetrics({ steps, parameters, tokens: steps * tokensPerStep });
  return undefined;
}

async function stepsFor(training: Training, { duration }: Conditions): Promise<number> {
  if (duration.kind === 'steps') return duration.steps;
  return training.rehearse((probe) => calibrate(probe, () => duration.cpuSeconds - cpuSeconds()));
}

/** Trains, and reports the mean loss since the last report; returns what went wrong, if anything did. */
async function train(training: Training, steps: number): Promise<string | undefined> {
  const interval = Math.ceil(steps / PROGRESS_LINES);
  let sum = 0;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    const loss = await training.step(step, steps);
    if (!Number.isFinite(loss)) return `the training loss became ${loss} at step ${step + 1} of ${steps}`;
    sum += loss;
    count += 1;
    if (count === interval || step === steps - 1) {
      reportMetrics({ progress: (step + 1) / steps, train_bpb: sum / count });
      sum = 0;
      count = 0;
    }
  }
  return undefined;
}

async function readBlocks(): Promise<Uint8Array[]> {
  const text = await buffer(process.stdin);
  const count = Math.floor(text.length / BLOCK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    text.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES),
  );
}

const fault = await run(readConditions(process.env), await readBlocks());
if (fault !== undefined) {
  console.error(fault);
  process.exitCode = 1;
}

import { trialFolder } from '../lab/folder.ts';
import { openTrialReading } from '../measure/trial-reading.ts';
import type { Trial } from '../model/trial.ts';
import type { Engine } from './engine.ts';
import { finishTrial, jobOf, watchTrial } from './trial.ts';

/**
 * What an earlier engine left running: each job is found again where its executor still has it, and else recorded as a
 * fault of the machine, so that it is run again. Returns when what is left of the lost ones is gone: no trial starts
 * beside a stranger in its slot.
 */
export async function recoverTrials(engine: Engine): Promise<void> {
  const lost = [...engine.ledger.state.running.values()];
  await Promise.all(lost.map((trial) => recoverTrial(engine, trial)));
}

async function recoverTrial(engine: Engine, trial: Trial): Promise<void> {
  const reading = openTrialReading(engine.program, trialFolder(engine.folder, trial.trial).curve);
  const attached = await engine.executor.attach(jobOf(trial), watchTrial(engine, trial, reading));
  if (attached.kind === 'found') {
    engine.errands.run(attached.ran.then((ran) => finishTrial(engine, trial, reading, ran)));
    return;
  }
  reading[Symbol.dispose]();
  await engine.ledger.append([
    {
      kind: 'trial-end',
      trial: trial.trial,
      outcome: { kind: 'fault', reason: 'the engine ended while it ran' },
      usage: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
      curve: [],
    },
  ]);
}

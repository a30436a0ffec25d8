import type { Ran } from '../model/executor.ts';
import type { Trial } from '../model/trial.ts';
import type { Engine } from './engine.ts';
import { beginFlight, jobOf, seeThrough, watchTrial } from './trial.ts';

/**
 * What an earlier engine left running: each job is found again where its executor still has it, and else recorded as a
 * fault of the machine, so that it is run again. Returns when what is left of the lost ones is gone: no trial starts
 * beside a stranger in its slot.
 */
export async function recoverTrials(engine: Engine): Promise<void> {
  const left = [...engine.ledger.state.running.values()];
  await Promise.all(left.map((trial) => recoverTrial(engine, trial)));
}

const LOST: Ran = {
  stage: 'run',
  ending: { kind: 'fault', reason: 'the engine ended while it ran' },
  usage: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
  tail: '',
};

async function recoverTrial(engine: Engine, trial: Trial): Promise<void> {
  const { board, executor, errands } = engine;
  board.occupy(trial);
  const flight = beginFlight(engine, trial);
  const attached = await executor.attach(jobOf(trial), watchTrial(engine, flight));
  if (attached.kind === 'found') errands.run(seeThrough(engine, flight, attached.ran));
  else await seeThrough(engine, flight, Promise.resolve(LOST));
}

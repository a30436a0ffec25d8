import { eventsOf } from './decide/champion.ts';
import { type Ending, endingOf } from './engine/ending.ts';
import type { Engine } from './engine/engine.ts';
import { decideWithinLimits } from './engine/limited.ts';
import { createProposing } from './engine/proposing.ts';
import { runTrial, submitTrials } from './engine/trial.ts';
import { withdraw } from './engine/withdrawing.ts';
import { withCommits } from './engine/without.ts';
import type { Decision } from './model/judge.ts';

/**
 * The loop: propose, run, measure, decide, record, for as long as nobody and no limit says stop. It wakes when a trial
 * passes a checkpoint or ends, a proposal comes in, or somebody asks for something. Faults of the machine are thrown;
 * whatever was acknowledged by then is in the ledger, and the study resumes.
 */
export async function research(engine: Engine): Promise<Ending> {
  const proposing = createProposing(engine);
  for (;;) {
    engine.errands.throwIfFaulty();
    const decision = decideWithinLimits(engine);
    engine.inFlight.stop(decision.stops);
    if (await record(engine, decision)) continue;
    const ending = endingOf(engine, decision) ?? proposing.ending(decision);
    if (ending) {
      if (engine.ledger.state.running.size === 0) return ending;
    } else if (engine.course() === 'running') {
      await run(engine, decision);
      proposing.refill();
    }
    await engine.bell.heard();
  }
}

/** Whether there was anything to record: then the next decision is another one. */
async function record(engine: Engine, { verdicts, certificates, withdrawals }: Decision): Promise<boolean> {
  const { ledger, conditions } = engine;
  const events = eventsOf(ledger.state, { verdicts, certificates }, conditions.hardware);
  if (events.length > 0) await ledger.append(events);
  const withdrew = await withdraw(engine, withdrawals);
  return events.length > 0 || withdrew;
}

/** Starts the wanted trials; each measures what it ran, records it, and rings the bell. */
async function run(engine: Engine, { wanted }: Decision): Promise<void> {
  const trials = await submitTrials(engine, await withCommits(engine, wanted));
  for (const trial of trials) engine.errands.run(runTrial(engine, trial));
}

import { eventsOf } from './decide/champion.ts';
import { type Ending, endingOf, withinLimits } from './engine/ending.ts';
import type { Engine } from './engine/engine.ts';
import { createProposing } from './engine/proposing.ts';
import { runTrial, submitTrials } from './engine/trial.ts';
import type { Decision } from './model/judge.ts';

/**
 * The loop: propose, run, measure, decide, record, for as long as nobody and no limit says stop. It wakes when a trial
 * ends, a proposal comes in, or somebody asks for something. Faults of the machine are thrown; whatever was
 * acknowledged by then is in the ledger, and the study resumes.
 */
export async function research(engine: Engine): Promise<Ending> {
  const proposing = createProposing(engine);
  for (;;) {
    engine.errands.throwIfFaulty();
    const decision = decide(engine);
    if (decision.verdicts.length > 0) {
      await record(engine, decision);
      continue;
    }
    const ending = endingOf(engine, decision) ?? proposing.ending();
    if (ending) {
      if (engine.ledger.state.running.size === 0) return ending;
    } else if (engine.course() === 'running') {
      await run(engine, decision);
      proposing.refill();
    }
    await engine.bell.heard();
  }
}

function decide({ judge, ledger, board, program, conditions }: Engine): Decision {
  return judge(ledger.state, board.free().length, { program, conditions, progress: new Map() });
}

async function record({ ledger, conditions }: Engine, { verdicts }: Decision): Promise<void> {
  await ledger.append(eventsOf(ledger.state, verdicts, conditions.hardware));
}

/** Starts the wanted trials; each measures what it ran, records it, and rings the bell. */
async function run(engine: Engine, { wanted }: Decision): Promise<void> {
  const trials = await submitTrials(engine, withinLimits(engine, wanted));
  for (const trial of trials) engine.errands.run(runTrial(engine, trial));
}

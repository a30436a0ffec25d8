import { eventsOf } from '../decide/champion.ts';
import { failedTrial, resultOf } from '../decide/result.ts';
import type { Decision, Judge } from '../model/judge.ts';
import { championOn, type StudyState } from '../model/study.ts';
import { type Ending, endingOf } from './ending.ts';
import type { Engine } from './engine.ts';
import { runTrial, submitTrials } from './trial.ts';
import { withdraw } from './withdrawing.ts';
import { withCommits } from './without.ts';

/** Why trials on demand ended. */
export type DemandEnding =
  /** No further trial is wanted. */
  | { readonly kind: 'settled' }
  /** As many as were allowed have run. */
  | { readonly kind: 'spent' }
  | Exclude<Ending, { readonly kind: 'limit' | 'exhausted' }>;

/**
 * Runs what a judge wants of the champion, and nothing that anybody proposes, until it wants no more. What it certifies or
 * withdraws on the way goes to the ledger.
 *
 * @param demand `allowed`: trials, at most; `onNews`: called after each of them has ended, and after each certificate or withdrawal
 */
export async function runOnDemand(
  engine: Engine,
  judge: Judge,
  demand: { readonly allowed: number; readonly onNews: (state: StudyState) => void },
): Promise<DemandEnding> {
  const { ledger, errands, board, bell } = engine;
  const first = ledger.state.nextTrial;
  for (;;) {
    errands.throwIfFaulty();
    demand.onNews(ledger.state);
    const decision = decide(engine, judge);
    if (await record(engine, decision)) continue;
    const left = demand.allowed - (ledger.state.nextTrial - first);
    const ending = endingOn(engine, decision, left);
    if (ending) {
      if (ledger.state.running.size === 0) return ending;
    } else if (decision.wanted.length > 0) {
      const requests = await withCommits(engine, decision.wanted.slice(0, left));
      for (const trial of await submitTrials(engine, requests)) errands.run(runTrial(engine, trial));
      // One decision need not fill all slots; the next one knows of these trials.
      if (requests.length > 0 && board.free().length > 0) continue;
    }
    await bell.heard();
  }
}

function decide({ ledger, board, program, conditions, inFlight }: Engine, judge: Judge): Decision {
  const { state } = ledger;
  const context = { program, conditions, progress: inFlight.progress() };
  const decision = judge(state, board.free().length, context);
  const champion = championOn(state, conditions.hardware).commit;
  const failed = failedTrial(resultOf(state, champion, conditions));
  return failed ? { ...decision, impasse: { trial: failed.trial, outcome: failed.outcome } } : decision;
}

/** Whether there was anything to record: then the next decision is another one. */
async function record(engine: Engine, decision: Decision): Promise<boolean> {
  const { ledger, conditions } = engine;
  const events = eventsOf(ledger.state, decision, conditions.hardware);
  if (events.length > 0) await ledger.append(events);
  const withdrew = await withdraw(engine, decision.withdrawals);
  return events.length > 0 || withdrew;
}

function endingOn(engine: Engine, decision: Decision, left: number): DemandEnding | undefined {
  const ending = endingOf(engine, { ...decision, forbidden: 0 });
  if (ending && ending.kind !== 'limit' && ending.kind !== 'exhausted') return ending;
  const { running } = engine.ledger.state;
  // What runs may change what is wanted.
  if (decision.wanted.length === 0 && running.size === 0) return { kind: 'settled' };
  return left <= 0 ? { kind: 'spent' } : undefined;
}

import { resultOf } from '../decide/result.ts';
import { trialFolder } from '../lab/folder.ts';
import { openTrialReading, type TrialReading } from '../measure/trial-reading.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { Job, JobWatch, Ran } from '../model/executor.ts';
import type { Commit, TrialId } from '../model/identity.ts';
import { gain } from '../model/objective.ts';
import { programAt } from '../model/program.ts';
import { endedTrialsOf, type StudyState } from '../model/study.ts';
import { type AskedTrial, comparable, type Outcome, type Trial } from '../model/trial.ts';
import { FormatFault } from '../record/fault.ts';
import type { Engine } from './engine.ts';
import { Flight } from './in-flight.ts';

/**
 * Puts trials into the ledger and onto free slots before anything of them runs: an engine that dies after this finds
 * their job references again.
 */
export async function submitTrials(engine: Engine, wanted: readonly AskedTrial[]): Promise<Trial[]> {
  if (wanted.length === 0) return [];
  const { ledger, board, executor, conditions } = engine;
  const free = board.free();
  const alone = executor.slots - free.length + wanted.length === 1;
  const submissions = wanted.map(({ commit, purpose, seed, steps, switchedOff, fidelity = 1 }, index) => {
    const trial = (ledger.state.nextTrial + index) as TrialId;
    return {
      trial,
      commit,
      purpose,
      seed,
      ...(steps === undefined ? {} : { steps }),
      ...(switchedOff === undefined ? {} : { switchedOff }),
      slot: free[index]!,
      conditions: {
        ...conditions,
        fidelity,
        company: alone ? ('alone' as const) : ('beside others' as const),
      },
      job: { executor: executor.name, key: `${ledger.state.study.study}/${trial}` },
    };
  });
  await ledger.append(submissions.map((submission) => ({ kind: 'trial-submit', ...submission })));
  const trials = submissions.map((submission) => ({ ...submission, submittedAt: engine.now() }));
  for (const trial of trials) board.occupy(trial);
  return trials;
}

/** Runs one submitted trial to its recorded end. Rejects only for faults that end the engine. */
export async function runTrial(engine: Engine, trial: Trial): Promise<void> {
  const flight = beginFlight(engine, trial);
  await seeThrough(engine, flight, engine.executor.submit(jobOf(trial), watchTrial(engine, flight)));
}

/** From now on the judge sees how far the trial is, and may stop it. */
export function beginFlight({ program, folder, abort, inFlight }: Engine, trial: Trial): Flight {
  const own = programAt(program, trial.conditions.fidelity);
  const reading = openTrialReading(own, trialFolder(folder, trial.trial).curve);
  const flight = new Flight(trial, reading, abort);
  inFlight.add(flight);
  return flight;
}

/** Takes the trial that runs in a slot to its recorded end, and frees the slot. */
export async function seeThrough(engine: Engine, flight: Flight, running: Promise<Ran>): Promise<void> {
  try {
    await finishTrial(engine, flight, await running);
  } finally {
    engine.inFlight.remove(flight);
    engine.board.release(flight.trial.slot);
  }
}

export function jobOf({ trial, commit, purpose, seed, steps, slot, job, conditions }: Trial): Job {
  const { fidelity } = conditions;
  return {
    trial,
    commit,
    purpose,
    seed,
    slot,
    fidelity,
    reference: job,
    ...(steps === undefined ? {} : { steps }),
  };
}

/** Measures what ran, and records it. */
export async function finishTrial(
  { ledger }: Pick<Engine, 'ledger'>,
  flight: Flight,
  ran: Ran,
): Promise<void> {
  const { trial, reading } = flight;
  // Its curve is on disk before the ledger says that the trial has ended.
  reading[Symbol.dispose]();
  const outcome = outcomeOf(flight, ran);
  const end = { kind: 'trial-end', trial: trial.trial, usage: ran.usage } as const;
  try {
    await ledger.append([{ ...end, outcome, curve: reading.curve() }]);
  } catch (cause) {
    if (!(cause instanceof FormatFault)) throw cause;
    // What a candidate told is never the end of the engine: it would be told again at each resume.
    const reason = shorten(`the ledger cannot hold what it told: ${cause.message}`, BOUNDS.reason);
    await ledger.append([{ ...end, outcome: { kind: 'invalid', reason }, curve: [] }]);
  }
}

/** A trial that ended by itself before it could be stopped keeps its own end. */
function outcomeOf({ reading, stopped }: Flight, ran: Ran): Outcome {
  if (ran.ending.kind !== 'cancelled' || stopped === undefined) return reading.outcome(ran);
  return { kind: 'stopped', forecast: stopped.forecast, reason: shorten(stopped.reason, BOUNDS.reason) };
}

export function watchTrial({ board, bell, ledger }: Engine, { trial, reading, signal }: Flight): JobWatch {
  const { slot } = trial;
  return {
    signal,
    stage: (stage) => board.update(slot, { stage }),
    line: (stage, source, text) => {
      if (reading.line(stage, source, text)) bell.ring();
    },
    usage: (usage) => board.update(slot, { usage, share: reading.share(usage) }),
    worthChecking: () => mayBeKept(ledger.state, trial, reading),
  };
}

/**
 * Checks cost time: they are run, never after a short trial, on a candidate that is not plainly worse than its parent, where nobody knows, and on one that
 * the judge asked for again, since it still believes in it.
 */
function mayBeKept(state: StudyState, trial: Trial, reading: TrialReading): boolean {
  const value = reading.measured();
  if (trial.purpose !== 'candidate' || trial.conditions.fidelity < 1 || value === undefined) return false;
  const wasMeasured = endedTrialsOf(state, trial.commit).some(
    ({ outcome, conditions }) => outcome.kind === 'completed' && comparable(conditions, trial.conditions),
  );
  if (wasMeasured) return true;
  const parent = parentOf(state, trial.commit);
  if (parent === undefined) return true;
  const result = resultOf(state, parent, trial.conditions);
  if (result.kind !== 'ended' || result.trial.outcome.kind !== 'completed') return true;
  return gain(state.study.objective, result.trial.outcome.measurement.value, value) >= 0;
}

function parentOf(state: StudyState, commit: Commit): Commit | undefined {
  for (const id of [...state.open, ...state.parked]) {
    const { proposal } = state.experiments.get(id)!;
    if (proposal.commit === commit) return proposal.parent;
  }
  return undefined;
}

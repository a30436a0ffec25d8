import { noiseOf } from '../../decide/learn/noise.ts';
import { turn } from '../../decide/learn/samples.ts';
import { freshSeed } from '../../decide/seeds.ts';
import type { Engine } from '../../engine/engine.ts';
import { runTrial, submitTrials } from '../../engine/trial.ts';
import type { Commit, TrialId } from '../../model/identity.ts';
import type { KnownEffect } from '../../model/stack-report.ts';
import type { Outcome } from '../../model/trial.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { estimateGain, learnNoise, meanOf, type Noise, type Sample } from '../../statistics/noise.ts';

/** What fresh trials say of a commit against the one that it stands on. */
export type Remeasured =
  | { readonly kind: 'measured'; readonly effect: KnownEffect; readonly trials: readonly TrialId[] }
  | {
      readonly kind: 'failed';
      /** It itself, or the commit that it stands on. */
      readonly who: 'itself' | 'below';
      readonly trial: TrialId;
      readonly outcome: Outcome;
    }
  /** It was asked to stop before this one was measured. */
  | { readonly kind: 'interrupted' };

const UPPER = 0.975;

interface Ran {
  readonly trial: TrialId;
  readonly seed: number;
  readonly outcome: Outcome;
}

/**
 * Runs each commit, and what it stands on, under the same fresh seeds. In the ledger they are replays: of a change that was kept, on
 * another commit. No judge takes them for news about the study.
 *
 * @param count seeds for each commit, 1 or more
 */
export async function remeasure(
  engine: Engine,
  pairs: readonly { readonly commit: Commit; readonly parent: Commit }[],
  count: number,
  onTrial: (done: number, all: number) => void,
): Promise<Remeasured[]> {
  const { state } = engine.ledger;
  const seeds = Array.from({ length: count }, (_, index) => freshSeed(state, index));
  const commits = [...new Set(pairs.flatMap(({ parent, commit }) => [parent, commit]))];
  const requests = seeds.flatMap((seed) =>
    commits.map((commit) => ({ commit, seed, purpose: 'replay' as const })),
  );
  const ran = new Map<Commit, Ran[]>(commits.map((commit) => [commit, []]));
  let done = 0;
  while (done < requests.length && !engine.abort.aborted && engine.course() === 'running') {
    const trials = await submitTrials(engine, requests.slice(done, done + engine.executor.slots));
    await Promise.all(trials.map((trial) => runTrial(engine, trial)));
    for (const { trial, commit, seed } of trials) {
      const outcome = engine.ledger.state.ended.get(trial)?.outcome;
      if (outcome !== undefined) ran.get(commit)!.push({ trial, seed, outcome });
    }
    done += trials.length;
    onTrial(done, requests.length);
  }
  const noise = noiseAmong(engine, [...ran.values()]);
  return pairs.map(({ commit, parent }) =>
    compared(engine, ran.get(commit)!, ran.get(parent)!, { count, noise }),
  );
}

/** As the study knows it under the conditions of today; else as these trials tell it themselves. */
function noiseAmong(engine: Engine, ran: readonly (readonly Ran[])[]): Noise {
  const known = noiseOf(engine.ledger.state, engine.conditions);
  if (known.freedom > 0) return known;
  return learnNoise(
    ran.map((trials) => samplesOf(engine, trials).map(({ value }) => value)),
    [],
  );
}

function compared(
  engine: Engine,
  ours: readonly Ran[],
  theirs: readonly Ran[],
  { count, noise }: { readonly count: number; readonly noise: Noise },
): Remeasured {
  const below = theirs.find(hasFailed);
  const failed = below ?? ours.find(hasFailed);
  if (failed) {
    const who = failed === below ? 'below' : 'itself';
    return { kind: 'failed', who, trial: failed.trial, outcome: failed.outcome };
  }
  const mine = samplesOf(engine, ours);
  const other = samplesOf(engine, theirs);
  if (mine.length < count || other.length < count) return { kind: 'interrupted' };
  const trials = [...ours, ...theirs].map(({ trial }) => trial);
  return { kind: 'measured', effect: effectOf(mine, other, noise), trials };
}

function hasFailed({ outcome }: Ran): boolean {
  return outcome.kind !== 'completed' && outcome.kind !== 'cancelled';
}

function samplesOf({ ledger }: Engine, ran: readonly Ran[]): Sample[] {
  const { objective } = ledger.state.study;
  return ran.flatMap(({ seed, outcome }) =>
    outcome.kind === 'completed' ? { seed, value: turn(objective, outcome.measurement.value) } : [],
  );
}

/** With an interval where it is known how far equal code scores apart. */
function effectOf(ours: readonly Sample[], theirs: readonly Sample[], noise: Noise): KnownEffect {
  const estimate = estimateGain(ours, theirs, noise);
  if (estimate === undefined || estimate.error === 0)
    return { value: meanOf(ours.map(({ value }) => value)) - meanOf(theirs.map(({ value }) => value)) };
  const reach = studentQuantile(UPPER, estimate.freedom) * estimate.error;
  return {
    value: estimate.gain,
    interval: { low: estimate.gain - reach, high: estimate.gain + reach },
  };
}

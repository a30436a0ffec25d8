import type { ExperimentId } from '../../model/identity.ts';
import type { Judge, WantedTrial } from '../../model/judge.ts';
import { createRandom, seedOf } from '../../model/random.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { type Conditions, comparable, type EndedTrial, type Trial } from '../../model/trial.ts';
import { type SwitchEffect, switchEffects } from '../../statistics/switch-effects.ts';
import type { SwitchedRun } from '../../statistics/switch-off.ts';
import { turn } from '../learn/samples.ts';

/** Luck of the coins comes from another stream than that of certificates. */
const COINS = 0x7472616e;
const LEAST_PAIRS = 4;

/**
 * Wants runs of the champion in the larger setting that the program names, with and without each of its changes: pairs on one fresh
 * seed each, one run with what a fair coin left in, and one with the others. So every change is in half of the runs, and what two
 * of them do together does not count for either. In twice as many pairs as would tell the changes apart.
 */
export const transferring: Judge = (state, freeSlots, { conditions }) => {
  const { commit: champion } = championOn(state, conditions.hardware);
  const tossed = separable(state, conditions);
  const trials = trialsOf(state, conditions, tossed);
  const wanted: WantedTrial[] = [];
  const most = tossed.length === 0 ? 0 : 2 * pairsFor(tossed.length);
  for (let index = trials.length; index < most && wanted.length < freeSlots; index++) {
    const pair = index >> 1;
    const seed = seedOf(state.study.seed ^ COINS, pair);
    const coin = createRandom(seed);
    const isOff = tossed.map(() => coin() < 0.5);
    const experiments = tossed.filter((_, at) => isOff[at] === (index % 2 === 0));
    wanted.push({
      commit: champion,
      seed,
      purpose: 'transfer',
      switchedOff: { champion, tossed, experiments },
      worth: 1,
    });
  }
  return { verdicts: [], withdrawals: [], certificates: [], stops: [], wanted };
};

function pairsFor(changes: number): number {
  return Math.max(LEAST_PAIRS, changes + 2);
}

/** The champion's changes that can be taken out of it alone. */
function separable(state: StudyState, { hardware }: Conditions): ExperimentId[] {
  const { commit, stack } = championOn(state, hardware);
  const fixed = state.inseparable.get(commit);
  return stack.filter((id) => !fixed?.has(id));
}

/** Running or ended, oldest first. */
function trialsOf(
  state: StudyState,
  conditions: Conditions,
  tossed: readonly ExperimentId[],
): (Trial | EndedTrial)[] {
  const { commit } = championOn(state, conditions.hardware);
  return [...state.ended.values(), ...state.running.values()].filter(
    (trial) =>
      trial.purpose === 'transfer' &&
      trial.switchedOff?.champion === commit &&
      trial.switchedOff.tossed.join() === tossed.join() &&
      comparable(trial.conditions, conditions),
  );
}

/** What each change of the champion does in the larger setting; none where its runs do not tell. */
export function transferEffects(
  state: StudyState,
  conditions: Conditions,
): ReadonlyMap<ExperimentId, SwitchEffect> {
  const tossed = separable(state, conditions);
  const runs = trialsOf(state, conditions, tossed).flatMap((trial): SwitchedRun[] => {
    if (!('outcome' in trial) || trial.outcome.kind !== 'completed') return [];
    const off = new Set(trial.switchedOff!.experiments);
    const value = turn(state.study.objective, trial.outcome.measurement.value);
    return [{ on: tossed.map((id) => !off.has(id)), value }];
  });
  const effects = runs.length === 0 ? undefined : switchEffects(runs);
  return new Map(effects?.map((effect, index) => [tossed[index]!, effect]));
}

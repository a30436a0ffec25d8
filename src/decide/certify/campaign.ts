import type { Commit, ExperimentId, TrialId } from '../../model/identity.ts';
import { type StudyState, tossedAt } from '../../model/study.ts';
import type { Conditions, EndedTrial, Trial } from '../../model/trial.ts';
import { comparable } from '../../model/trial.ts';
import { afterEvidence, type EvidenceTests, NO_TESTS } from '../../statistics/online-testing.ts';
import { switchEffects } from '../../statistics/switch-effects.ts';
import {
  logSwitchEvidence,
  noSwitchedRuns,
  type SwitchedRun,
  withSwitchedRun,
} from '../../statistics/switch-off.ts';
import { turn } from '../learn/samples.ts';

/** Runs of one champion in which each of its tossed changes was left in or taken out by a coin of its own. */
export interface Campaign {
  readonly champion: Commit;
  readonly tossed: readonly ExperimentId[];
  /** Runs so far, in flight or ended whichever way. */
  readonly started: number;
  readonly inFlight: number;
  readonly runs: readonly SwitchedRun[];
}

/** What a campaign has shown of one change. */
export interface Finding {
  readonly experiment: ExperimentId;
  /** ln of the evidence against its doing nothing. */
  readonly logE: number;
  /** By least squares; undefined while there are too few runs. */
  readonly effect: { readonly gain: number; readonly error: number; readonly freedom: number } | undefined;
}

/** The campaign that was begun last, if all its changes can be taken out and one of them is still in the champion. */
export function lastCampaign(
  state: StudyState,
  conditions: Conditions,
  stack: readonly ExperimentId[],
): Campaign | undefined {
  const champion = [...state.switchedOff.keys()].at(-1);
  const campaign = champion && campaignOn(state, conditions, champion);
  if (campaign === undefined || !campaign.tossed.some((id) => stack.includes(id))) return undefined;
  const fixed = state.inseparable.get(campaign.champion);
  return fixed !== undefined && campaign.tossed.some((id) => fixed.has(id)) ? undefined : campaign;
}

/** The campaign that tossed coins for a change last, whatever became of it since. */
export function campaignFor(
  state: StudyState,
  conditions: Conditions,
  experiment: ExperimentId,
): Campaign | undefined {
  const champion = [...state.switchedOff.keys()].findLast((key) => tossedAt(state, key).includes(experiment));
  return champion && campaignOn(state, conditions, champion);
}

function campaignOn(state: StudyState, conditions: Conditions, champion: Commit): Campaign | undefined {
  const tossed = tossedAt(state, champion);
  if (tossed.length === 0) return undefined;
  const trials = (state.switchedOff.get(champion) ?? []).flatMap((id) => trialOf(state, id) ?? []);
  const same = trials.filter((trial) => trial.switchedOff?.tossed.join() === tossed.join());
  const runs = same.flatMap((trial) => runOf(state, conditions, tossed, trial) ?? []);
  const inFlight = same.filter(({ trial }) => state.running.has(trial)).length;
  return { champion, tossed, started: same.length, inFlight, runs };
}

/**
 * How many changes of all campaigns stand with at most a share `alpha` of false discoveries among them, whatever their number
 * (e-LOND): a second opinion on the certificates, which hold for each change by itself.
 */
export function discoveriesOf(state: StudyState, conditions: Conditions, alpha: number): EvidenceTests {
  let tests = NO_TESTS;
  for (const champion of state.switchedOff.keys()) {
    const campaign = campaignOn(state, conditions, champion);
    for (const { logE } of campaign ? findingsOf(campaign) : []) tests = afterEvidence(tests, logE, alpha);
  }
  return tests;
}

function trialOf(state: StudyState, id: TrialId): Trial | EndedTrial | undefined {
  return state.ended.get(id) ?? state.running.get(id);
}

/** A run that failed says nothing: which changes it was without was decided before it began. */
function runOf(
  state: StudyState,
  conditions: Conditions,
  tossed: readonly ExperimentId[],
  trial: Trial | EndedTrial,
): SwitchedRun | undefined {
  if (!('outcome' in trial) || trial.outcome.kind !== 'completed') return undefined;
  if (!comparable(trial.conditions, conditions)) return undefined;
  const off = new Set(trial.switchedOff!.experiments);
  return {
    on: tossed.map((id) => !off.has(id)),
    value: turn(state.study.objective, trial.outcome.measurement.value),
  };
}

const found = new WeakMap<readonly SwitchedRun[], readonly Finding[]>();

export function findingsOf({ tossed, runs }: Campaign): readonly Finding[] {
  const known = found.get(runs);
  if (known) return known;
  const evidence = runs.reduce(withSwitchedRun, noSwitchedRuns(tossed.length));
  const logs = logSwitchEvidence(evidence);
  const effects = runs.length === 0 ? undefined : switchEffects(runs);
  const findings = tossed.map((experiment, index) => ({
    experiment,
    logE: logs[index]!,
    effect: effects?.[index],
  }));
  found.set(runs, findings);
  return findings;
}

import { certifiedIn } from '../../model/certified.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { ChangeReport, KnownEffect, StackReport, StackSum } from '../../model/stack-report.ts';
import { championOn, type Experiment, type StudyState } from '../../model/study.ts';
import type { Conditions } from '../../model/trial.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { estimateGain, meanOf } from '../../statistics/noise.ts';
import { noiseOf } from '../learn/noise.ts';
import { candidateTrials, freshTrials, type Measured, samplesOf } from '../learn/samples.ts';
import { campaignFor, discoveriesOf, findingsOf } from './campaign.ts';
import { costsOf, equivalentCompute } from './stack-cost.ts';
import { transferEffects } from './transfer.ts';

const ALPHA = 0.05;
const UPPER = 0.975;
/** Half-widths of an interval of 95%, in standard errors. */
const NORMAL_REACH = 1.96;

/** What the ledger says of the champion on a class of hardware: of each kept change, and of all of them together. */
export function reportStack(state: StudyState, conditions: Conditions): StackReport {
  const { commit, stack } = championOn(state, conditions.hardware);
  const ids = [...stack, ...[...state.withdrawn.keys()].filter((id) => !stack.includes(id))];
  const transferred = transferEffects(state, conditions);
  const changes = ids.map((id): ChangeReport => {
    const there = transferred.get(id);
    return {
      ...changeOf(state, conditions, id),
      ...(there && { transfer: { ...intervalOf(there), finding: findingOf(intervalOf(there)) } }),
    };
  });
  const champion = trialsOf(state, conditions, commit);
  const baseline = trialsOf(state, conditions, state.study.baseline);
  const compute = equivalentCompute(state, champion, baseline);
  return {
    champion: commit,
    changes,
    sum: sumOf(
      state,
      conditions,
      changes.filter(({ experiment }) => stack.includes(experiment)),
    ),
    costs: costsOf(champion, baseline),
    ...(compute && { compute }),
    discoveries: { ...discoveriesOf(state, conditions, ALPHA), alpha: ALPHA },
  };
}

function changeOf(state: StudyState, conditions: Conditions, id: ExperimentId): ChangeReport {
  const experiment = state.experiments.get(id)!;
  const reason = state.withdrawn.get(id);
  const isInStack = championOn(state, conditions.hardware).stack.includes(id);
  const known = { experiment: id, hypothesis: experiment.proposal.hypothesis };
  const effect = effectOf(state, conditions, experiment);
  if (!isInStack && reason !== undefined) return { ...known, standing: 'withdrawn', reason, effect };
  return { ...known, standing: certifiedIn(state).has(id) ? 'certified' : 'provisional', effect };
}

function effectOf(state: StudyState, conditions: Conditions, experiment: Experiment): ChangeReport['effect'] {
  const id = experiment.proposal.experiment;
  const certificate = state.certificates.findLast(({ of }) => of.kind === 'change' && of.experiment === id);
  if (certificate) {
    const { value, low, high } = certificate.effect;
    return { value, interval: { low, high }, by: 'certificate' };
  }
  const campaign = campaignFor(state, conditions, id);
  const found = campaign && findingsOf(campaign).find((finding) => finding.experiment === id)?.effect;
  if (found) return { ...intervalOf(found), by: 'switch-off runs' };
  return { ...believedGain(experiment), by: 'verdict' };
}

function believedGain(experiment: Experiment): KnownEffect {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return { value: 0 };
  const { gain, basis } = experiment.verdict.evidence;
  if (basis?.kind !== 'posterior') return { value: gain };
  const reach = NORMAL_REACH * basis.deviation;
  return { value: basis.mean, interval: { low: basis.mean - reach, high: basis.mean + reach } };
}

function intervalOf({ gain, error, freedom }: { gain: number; error: number; freedom: number }): KnownEffect {
  const reach = studentQuantile(UPPER, freedom) * error;
  return { value: gain, interval: { low: gain - reach, high: gain + reach } };
}

function findingOf({ interval }: KnownEffect): 'helps' | 'harms' | 'unclear' {
  if (interval && interval.low > 0) return 'helps';
  return interval && interval.high < 0 ? 'harms' : 'unclear';
}

/** Nothing was picked because of these trials; where there are none, those that made it champion. */
function trialsOf(state: StudyState, conditions: Conditions, commit: Commit): Measured[] {
  const fresh = freshTrials(state, commit, conditions);
  return fresh.length > 0 ? fresh : candidateTrials(state, commit, conditions);
}

function sumOf(state: StudyState, conditions: Conditions, changes: readonly ChangeReport[]): StackSum {
  const predicted = addedUp(changes.map(({ effect }) => effect));
  const measured = measuredGain(state, conditions);
  if (measured === undefined) return { predicted };
  const known = knownWithin(predicted);
  const within = knownWithin(measured);
  if (known === undefined || within === undefined) return { predicted, measured };
  const more = measured.value - predicted.value;
  const agrees = Math.abs(more) <= Math.hypot(known, within);
  const finding = agrees ? 'adds up' : more < 0 ? 'less than its parts' : 'more than its parts';
  return { predicted, measured, finding };
}

/** The sum of effects, as well known as all of them together; without an interval where one of them has none. */
function addedUp(effects: readonly KnownEffect[]): KnownEffect {
  const value = effects.reduce((sum, effect) => sum + effect.value, 0);
  let squares = 0;
  for (const effect of effects) {
    const half = knownWithin(effect);
    if (half === undefined) return { value };
    squares += half ** 2;
  }
  const reach = Math.sqrt(squares);
  return { value, interval: { low: value - reach, high: value + reach } };
}

function knownWithin({ interval }: KnownEffect): number | undefined {
  return interval && (interval.high - interval.low) / 2;
}

/** The champion against the baseline: as it was confirmed, else by all fresh trials of both. */
function measuredGain(state: StudyState, conditions: Conditions): StackSum['measured'] {
  const { baseline } = state.study;
  const { commit } = championOn(state, conditions.hardware);
  const confirmed = state.certificates.findLast(
    ({ of }) => of.kind === 'stack' && of.champion === commit && of.against === baseline,
  );
  if (confirmed) {
    const { value, low, high } = confirmed.effect;
    return { value, interval: { low, high }, by: 'certificate' };
  }
  const isFresh = freshTrials(state, commit, conditions).length > 0;
  const by = isFresh ? 'fresh trials' : 'trials that made it champion';
  const ours = samplesOf(trialsOf(state, conditions, commit));
  const theirs = samplesOf(trialsOf(state, conditions, baseline));
  if (ours.length === 0 || theirs.length === 0) return undefined;
  const estimate = estimateGain(ours, theirs, noiseOf(state, conditions));
  if (estimate && estimate.error > 0) return { ...intervalOf(estimate), by };
  const value = meanOf(ours.map((sample) => sample.value)) - meanOf(theirs.map((sample) => sample.value));
  return { value, by };
}

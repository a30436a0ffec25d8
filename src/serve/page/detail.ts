import type { Commit, ExperimentId } from '../../model/identity.ts';
import { championOn, type Experiment, endedTrialsOf, type StudyState } from '../../model/study.ts';
import { type CurvePoint, type EndedTrial, engineMetric, speaksForCommit } from '../../model/trial.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { PageDesk } from './page-desk.ts';
import { rowOf } from './rows.ts';
import { verdictWords } from './verdict-words.ts';
import type { ExperimentDetail, Relative, WireComparison, WireCurve, WireTrial } from './wire.ts';

/** Of a commit that was run a hundred times, the last trials and children are listed. */
const MOST_TRIALS = 100;
const MOST_CHILDREN = 100;
/** Points of one curve that a screen can tell apart. */
const MOST_POINTS = 256;

export function detailOf(desk: PageDesk, state: StudyState, experiment: Experiment): ExperimentDetail {
  const { proposal } = experiment;
  const id = proposal.experiment;
  const trials = endedTrialsOf(state, proposal.commit).slice(-MOST_TRIALS);
  const verdict = experiment.status === 'judged' ? experiment.verdict : undefined;
  const children = childrenOf(state, proposal.commit);
  const hardware = state.engine?.hardware;
  const place = hardware === undefined ? -1 : championOn(state, hardware).stack.indexOf(id);
  return {
    ...rowOf(state, experiment),
    study: state.study.study,
    wholeHypothesis: proposal.hypothesis,
    edit: proposal.edit,
    commit: proposal.commit,
    parentCommit: proposal.parent,
    expectedGain: proposal.expectedGain ?? null,
    proposedAt: experiment.proposedAt,
    reason: experiment.status === 'set-aside' ? experiment.reason : (verdict?.reason ?? null),
    withdrawn: state.withdrawn.get(id) ?? null,
    words: verdictWords(desk, state, experiment),
    comparison: comparisonOf(verdict),
    certificate: certificateOf(state, id),
    guards: desk.guards().map(({ name, min, max }) => ({
      name,
      min: min ?? null,
      max: max ?? null,
      // As the judge has it: a short trial, or one run again, says nothing of what a guard asks.
      value: meanOf(trials.filter(speaksForCommit), name),
    })),
    trials: trials.map((trial) => wireTrial(desk, state, trial)),
    champion: curveOfCommit(desk, state, proposal.parent),
    streamed: streamedBy(desk, state, trials),
    parent: relativeOf(state, proposal.parent),
    children: children.slice(-MOST_CHILDREN),
    childCount: children.length,
    place: place === -1 ? null : place + 1,
    replay: desk.replayCommand(id),
  };
}

function comparisonOf(verdict: Verdict | undefined): WireComparison | null {
  if (verdict?.kind !== 'keep' && verdict?.kind !== 'discard') return null;
  const { basis, size, ...rest } = verdict.evidence;
  return { ...rest, basis: basis ?? null, size: size ?? null };
}

function certificateOf(state: StudyState, id: ExperimentId): ExperimentDetail['certificate'] {
  const certificate = state.certificates.findLast(({ of }) => of.kind === 'change' && of.experiment === id);
  if (certificate === undefined) return null;
  const { effect, trials, method } = certificate;
  return { value: effect.value, interval: { low: effect.low, high: effect.high }, trials, method };
}

function meanOf(trials: readonly EndedTrial[], name: string): number | null {
  const values = trials.flatMap(({ usage, outcome }) => {
    const others = outcome.kind === 'completed' ? outcome.others : {};
    return engineMetric(usage, name) ?? (Object.hasOwn(others, name) ? others[name]! : []);
  });
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function wireTrial(desk: PageDesk, state: StudyState, trial: EndedTrial): WireTrial {
  const { outcome, usage } = trial;
  const completed = outcome.kind === 'completed' ? outcome : undefined;
  return {
    trial: trial.trial,
    purpose: trial.purpose,
    seed: trial.seed,
    budget: desk.budgetText(trial),
    value: completed?.measurement.value ?? null,
    steps: completed?.steps ?? null,
    ...usage,
    outcome: desk.outcomeText(trial),
    isCompleted: completed !== undefined,
    curve: wholeCurve(desk, state, trial),
  };
}

/** The file has more points than the ledger, as long as it is there. */
function wholeCurve(
  desk: Pick<PageDesk, 'curve'>,
  state: StudyState,
  { trial, curve }: EndedTrial,
): WireCurve {
  const points = desk.curve(trial);
  return wireCurve(points.length >= curve.length ? points : curve, state.study.objective.name);
}

function streamedBy(desk: PageDesk, state: StudyState, trials: readonly EndedTrial[]): string | null {
  for (const { trial } of trials.toReversed()) {
    const streamed = streamedIn(desk.curve(trial), state.study.objective.name);
    if (streamed !== null) return streamed;
  }
  return null;
}

/** Of the newest whole trial of a commit that reported its progress to the end. */
export function curveOfCommit(desk: Pick<PageDesk, 'curve'>, state: StudyState, commit: Commit): WireCurve {
  const trials = endedTrialsOf(state, commit);
  for (const trial of trials.toReversed().slice(0, 20)) {
    if (trial.outcome.kind !== 'completed' || !speaksForCommit(trial)) continue;
    const curve = wholeCurve(desk, state, trial);
    if (curve.length > 0) return curve;
  }
  return [];
}

/** The objective, or what a lab streams instead of it where it never tells the objective on its way. */
export function streamedIn(points: readonly CurvePoint[], objective: string): string | null {
  if (points.some(({ values }) => values[objective] !== undefined)) return objective;
  return Object.keys(points[0]?.values ?? {})[0] ?? null;
}

/** The objective over the progress; what the lab streams instead of it where it never tells the objective on its way. */
export function wireCurve(points: readonly CurvePoint[], objective: string): WireCurve {
  const streamed = streamedIn(points, objective);
  if (streamed === null) return [];
  const curve = points.flatMap(({ progress, values }): WireCurve => {
    const value = values[streamed];
    return value === undefined || !Number.isFinite(value) ? [] : [[progress, value]];
  });
  if (curve.length <= MOST_POINTS) return curve;
  const step = (curve.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, index) => curve[Math.round(index * step)]!);
}

function relativeOf(state: StudyState, commit: Commit): Relative | null {
  for (const { proposal } of state.experiments.values())
    if (proposal.commit === commit) return { id: proposal.experiment, hypothesis: proposal.hypothesis };
  return null;
}

/** Kept ones only: what was tried on a champion and came to nothing is a search in the table. */
function childrenOf(state: StudyState, commit: Commit): Relative[] {
  const children: Relative[] = [];
  for (const experiment of state.experiments.values()) {
    const { proposal } = experiment;
    if (proposal.parent !== commit) continue;
    if (experiment.status === 'judged' && experiment.verdict.kind === 'keep')
      children.push({ id: proposal.experiment, hypothesis: proposal.hypothesis });
  }
  return children;
}

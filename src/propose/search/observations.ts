import type { Edit } from '../../model/edit.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import { type Experiment, endedTrialsOf, type StudyState, stackAt } from '../../model/study.ts';
import { believedGain, errorOfGain, type Verdict } from '../../model/verdict.ts';
import { MOST_AXES } from './axis.ts';
import type { History } from './history.ts';

/** What became of one experiment, as seen from the present champion. */
export interface Observation {
  readonly experiment: ExperimentId;
  /** Sites whose values were not those of the present champion, and what they were. */
  readonly values: ReadonlyMap<string, string>;
  readonly result:
    | {
        readonly kind: 'measured';
        /** Gain over the present champion, in the metric's unit; positive is better. */
        readonly gain: number;
        /** Standard error of the gain; 0 where the lab has no luck. */
        readonly error: number;
        /** Of all its trials together; 0 where nobody timed them, or one was stopped before its end. */
        readonly seconds: number;
      }
    | { readonly kind: 'broken' }
    /** Proposed, and not judged yet. */
    | { readonly kind: 'open' };
}

/** Older experiments tell little of where the champion is now. Champions that it came from are no more than these, either. */
const MOST_OBSERVATIONS = 400;

/** A commit that the present champion came from, and how it differs. */
interface Ancestor {
  readonly values: ReadonlyMap<string, string>;
  /** Gain over the present champion: mostly below 0. */
  readonly level: number;
}

/** What a site is said to have held that was removed since, and cannot be put back by a value. */
const NOT_REMOVED = 'not removed';

/**
 * Experiments on the champion and on those that it came from, the newest first, without those that differ from it in more places than a
 * model has axes. Gains are added up along the way: each verdict compared a candidate with its own parent, so no score of one day is held
 * against one of another.
 */
export function observationsOf(state: StudyState, champion: Commit, history: History): Observation[] {
  const ancestors = ancestorsOf(state, champion, history);
  const observations: Observation[] = [];
  for (const [id, { edits }] of history.newest()) {
    if (observations.length === MOST_OBSERVATIONS) break;
    const experiment = state.experiments.get(id);
    const parent = experiment && ancestors.get(experiment.proposal.parent);
    // The gain of what was withdrawn was none.
    if (parent === undefined || state.withdrawn.has(id)) continue;
    const values = changed(parent.values, edits, 'value');
    if (values.size > MOST_AXES) continue;
    const result = resultOf(state, experiment!, parent.level);
    if (result !== undefined) observations.push({ experiment: id, values, result });
  }
  for (const [commit, { values, level }] of ancestors) {
    // The baseline, and what merges and withdrawals came to.
    if (history.isOfProposed(commit)) continue;
    const result = { kind: 'measured', gain: level, error: 0, seconds: 0 } as const;
    observations.push({ experiment: 0 as ExperimentId, values, result });
  }
  return observations;
}

function ancestorsOf(state: StudyState, champion: Commit, history: History): Map<Commit, Ancestor> {
  let here: Ancestor = { values: new Map(), level: 0 };
  const ancestors = new Map([[champion, here]]);
  const stack = stackAt(state, champion);
  if (stack === undefined) return ancestors;
  // The one that is described by `here`; unknown where it holds what was withdrawn since.
  let commit: Commit | undefined = champion;
  for (let count = stack.length - 1; count >= 0; count--) {
    if (ancestors.size >= MOST_OBSERVATIONS) return ancestors;
    const kept = state.experiments.get(stack[count]!);
    const edits = kept && editsOf(state, kept.proposal, history);
    // Beyond a change that cannot be read nobody knows what is compared.
    if (kept?.status !== 'judged' || kept.verdict.kind !== 'keep' || edits === undefined) return ancestors;
    const { proposal, verdict } = kept;
    const isHere: boolean =
      proposal.commit === commit || holdsOnly(state, proposal.commit, stack.slice(0, count + 1));
    if (isHere) ancestors.set(proposal.commit, here);
    commit = isHere ? proposal.parent : undefined;
    here = {
      values: changed(here.values, edits, 'from'),
      level: here.level - believedGain(verdict.evidence),
    };
    // No model can place what differs in more values, and all that came before does.
    if (here.values.size > MOST_AXES) return ancestors;
    if (commit !== undefined) ancestors.set(commit, here);
  }
  ancestors.set(state.study.baseline, here);
  return ancestors;
}

/** Whether a commit is the baseline with these changes and no others. */
function holdsOnly(state: StudyState, commit: Commit, changes: readonly ExperimentId[]): boolean {
  let rest = commit;
  for (const id of changes.toReversed()) {
    const proposal = state.experiments.get(id)?.proposal;
    if (proposal?.commit !== rest) return false;
    rest = proposal.parent;
  }
  return rest === state.study.baseline;
}

/** The edits of a proposal, or of the one that it merges. */
function editsOf(
  state: StudyState,
  { experiment, origin }: Proposal,
  history: History,
): readonly Edit[] | undefined {
  if (origin.kind !== 'merge') return history.proposed.get(experiment)?.edits;
  const merged = state.experiments.get(origin.of);
  return merged && editsOf(state, merged.proposal, history);
}

function changed(
  values: ReadonlyMap<string, string>,
  edits: readonly Edit[],
  to: 'value' | 'from',
): ReadonlyMap<string, string> {
  const result = new Map(values);
  for (const edit of edits) result.set(edit.site, edit[to] ?? NOT_REMOVED);
  return result;
}

function resultOf(
  state: StudyState,
  experiment: Experiment,
  level: number,
): Observation['result'] | undefined {
  if (experiment.status === 'open') return { kind: 'open' };
  if (experiment.status === 'set-aside') return undefined;
  const { verdict, proposal } = experiment;
  switch (verdict.kind) {
    case 'keep':
    case 'discard':
      return {
        kind: 'measured',
        gain: level + (verdict.kind === 'keep' ? believedGain(verdict.evidence) : verdict.evidence.gain),
        error: errorOfGain(verdict.evidence),
        seconds: isWhole(verdict) ? secondsOf(state, proposal.commit) : 0,
      };
    case 'crash':
    case 'timeout':
    case 'invalid':
      return { kind: 'broken' };
    case 'inconclusive':
      return undefined;
    default:
      return verdict satisfies never;
  }
}

type Compared = Extract<Verdict, { kind: 'keep' | 'discard' }>;

function isWhole({ evidence: { basis } }: Compared): boolean {
  return basis?.kind !== 'forecast';
}

/** In less time than this a trial tells of how busy the machine is, not of the change. Seconds. */
const LEAST_SECONDS = 1;

/** Seconds that a commit's trials took by the clock on the wall, each at least one: equal seeds then make equal studies of quick labs. */
export function secondsOf(state: StudyState, commit: Commit): number {
  return endedTrialsOf(state, commit).reduce(
    (sum, { usage }) => sum + Math.max(LEAST_SECONDS, usage.wallSeconds),
    0,
  );
}

import type { Commit, ExperimentId } from '../../model/identity.ts';
import { type Experiment, endedTrialsOf, type StudyState, stackAt } from '../../model/study.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Edit } from './edit.ts';
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
        /** Of all its trials together. */
        readonly seconds: number;
      }
    | { readonly kind: 'broken' }
    /** Proposed, and not judged yet. */
    | { readonly kind: 'open' };
}

/** Older experiments tell little of where the champion is now. */
const MOST_OBSERVATIONS = 400;

/** A commit that the present champion came from, and how it differs. */
interface Ancestor {
  readonly values: ReadonlyMap<string, string>;
  /** Gain over the present champion: mostly below 0. */
  readonly level: number;
}

/**
 * Experiments on the champion and on those that it came from, the newest first. Gains are added up along the way: each verdict compared a
 * candidate with its own parent, so no score of one day is held against one of another.
 */
export function observationsOf(state: StudyState, champion: Commit, history: History): Observation[] {
  const ancestors = ancestorsOf(state, champion, history);
  const observations: Observation[] = [];
  for (const id of [...history.proposed.keys()].reverse()) {
    if (observations.length === MOST_OBSERVATIONS) break;
    const experiment = state.experiments.get(id);
    const parent = experiment && ancestors.get(experiment.proposal.parent);
    if (parent === undefined) continue;
    const values = changed(parent.values, history.proposed.get(id)!.edits, 'value');
    const result = resultOf(state, experiment!, parent.level);
    if (result !== undefined) observations.push({ experiment: id, values, result });
  }
  observations.push(...baselineOf(ancestors, state.study.baseline));
  return observations;
}

function ancestorsOf(state: StudyState, champion: Commit, history: History): Map<Commit, Ancestor> {
  const ancestors = new Map<Commit, Ancestor>();
  let here: Ancestor = { values: new Map(), level: 0 };
  ancestors.set(champion, here);
  for (const id of [...(stackAt(state, champion) ?? [])].reverse()) {
    const kept = state.experiments.get(id);
    if (kept?.status !== 'judged' || kept.verdict.kind !== 'keep') break;
    const edits = history.proposed.get(id)?.edits ?? [];
    here = { values: changed(here.values, edits, 'from'), level: here.level - believedGain(kept.verdict) };
    if (!ancestors.has(kept.proposal.parent)) ancestors.set(kept.proposal.parent, here);
  }
  return ancestors;
}

function baselineOf(ancestors: ReadonlyMap<Commit, Ancestor>, baseline: Commit): Observation[] {
  const ancestor = ancestors.get(baseline);
  if (ancestor === undefined) return [];
  const result = { kind: 'measured', gain: ancestor.level, error: 0, seconds: 0 } as const;
  return [{ experiment: 0 as ExperimentId, values: ancestor.values, result }];
}

function changed(
  values: ReadonlyMap<string, string>,
  edits: readonly Edit[],
  to: 'value' | 'from',
): ReadonlyMap<string, string> {
  const result = new Map(values);
  for (const edit of edits) {
    const value = edit[to];
    if (value === undefined) result.delete(edit.site);
    else result.set(edit.site, value);
  }
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
        gain: level + (verdict.kind === 'keep' ? believedGain(verdict) : verdict.evidence.gain),
        error: errorOf(verdict),
        seconds: secondsOf(state, proposal.commit),
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

function believedGain({ evidence }: Compared): number {
  return evidence.basis?.kind === 'posterior' ? evidence.basis.mean : evidence.gain;
}

function errorOf({ evidence: { basis } }: Compared): number {
  switch (basis?.kind) {
    case 'posterior':
      return basis.error;
    case 'forecast':
      return basis.deviation;
    default:
      return 0;
  }
}

/** Seconds that a commit's trials took by the clock on the wall. */
export function secondsOf(state: StudyState, commit: Commit): number {
  return endedTrialsOf(state, commit).reduce((sum, { usage }) => sum + usage.wallSeconds, 0);
}

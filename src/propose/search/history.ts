import type { ExperimentId } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { StudyState } from '../../model/study.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Family } from '../sites/site.ts';
import { type Edit, editKey, familyOfSite, methodOf, readEdits } from './edit.ts';
import type { Method } from './method.ts';

export type Result =
  | { readonly kind: 'keep' | 'discard'; readonly gain: number }
  | { readonly kind: 'broken'; readonly word: 'crash' | 'timeout' | 'invalid' }
  | { readonly kind: 'inconclusive' };

/** One judged edit of a site. */
export interface Attempt {
  readonly experiment: ExperimentId;
  readonly edit: Edit;
  /** Whether the site moved alone, so that the result is its own. */
  readonly alone: boolean;
  readonly result: Result;
}

export interface FamilyRecord {
  judged: number;
  kept: number;
  broken: number;
}

/** What the ledger says about edits, indexed so that a question costs the same at the 10th and the 2,000th experiment. */
export interface History {
  /** Experiments whose edits were read and judged. */
  readonly judged: number;
  /** Keys of edits that were judged or are open. */
  isTried(key: string): boolean;
  /** Judged attempts at a site, oldest first. */
  attemptsAt(site: string): readonly Attempt[];
  /** Open edits at a site. */
  openAt(site: string): number;
  recordOf(family: Family): Readonly<FamilyRecord>;
  /** Discards of single edits, nearest to a keep first. */
  readonly nearMisses: readonly Attempt[];
  /** Values that a site had, or was to have, in anything that was proposed. */
  movesAt(site: string): readonly string[];
  /** Edits that were read, oldest experiment first, whatever became of them. */
  readonly proposed: ReadonlyMap<ExperimentId, Proposed>;
}

export interface Proposed {
  readonly edits: readonly Edit[];
  readonly key: string;
  readonly method: Method;
}

/** Near misses that are remembered; the rest are not near. */
const MOST_NEAR_MISSES = 24;

interface Index extends History {
  judged: number;
  /** The first experiment that was not looked at yet. */
  next: number;
  /** The proposal before it: the same object in every state that goes on from the one that was read. */
  last: Proposal | undefined;
  /** Experiments that were judged or set aside. */
  settled: number;
  readonly open: Map<ExperimentId, Proposed>;
  readonly proposed: Map<ExperimentId, Proposed>;
  readonly moves: Map<string, Set<string>>;
  readonly tried: Set<string>;
  readonly attempts: Map<string, Attempt[]>;
  readonly families: Map<Family, FamilyRecord>;
  readonly nearMisses: Attempt[];
}

const indices = new WeakMap<StudyState['study'], Index>();

/** Reads only what happened since the last call with the same state, or with an earlier copy of it. */
export function historyOf(state: StudyState): History {
  const known = indices.get(state.study);
  const index = known && goesOnFrom(known, state) ? known : emptyIndex();
  indices.set(state.study, index);
  for (; index.next < state.nextExperiment; index.next++) {
    const id = index.next as ExperimentId;
    const experiment = state.experiments.get(id);
    const edits = experiment && readEdits(experiment.proposal.edit);
    if (edits === undefined) continue;
    const proposed = { edits, key: editKey(edits), method: methodOf(experiment!.proposal.edit) };
    index.open.set(id, proposed);
    index.proposed.set(id, proposed);
    for (const edit of edits) rememberMoves(index, edit);
  }
  for (const [id, { edits }] of index.open) {
    const experiment = state.experiments.get(id);
    if (experiment?.status === 'open') continue;
    index.open.delete(id);
    if (experiment?.status === 'judged') remember(index, id, edits, resultOf(experiment.verdict));
  }
  index.last = state.experiments.get((index.next - 1) as ExperimentId)?.proposal;
  index.settled = settledIn(state);
  return index;
}

/** Whether all that was read holds in this state too: it is no earlier copy, and none of another telling of the study. */
function goesOnFrom(index: Index, state: StudyState): boolean {
  return (
    state.nextExperiment >= index.next &&
    settledIn(state) >= index.settled &&
    state.experiments.get((index.next - 1) as ExperimentId)?.proposal === index.last
  );
}

function settledIn({ experiments, open }: StudyState): number {
  return experiments.size - open.size;
}

function emptyIndex(): Index {
  const index: Index = {
    judged: 0,
    next: 1,
    last: undefined,
    settled: 0,
    open: new Map(),
    tried: new Set(),
    attempts: new Map(),
    families: new Map(),
    nearMisses: [],
    proposed: new Map(),
    moves: new Map(),
    movesAt: (site) => [...(index.moves.get(site) ?? [])],
    isTried: (key) => index.tried.has(key) || [...index.open.values()].some((open) => open.key === key),
    attemptsAt: (site) => index.attempts.get(site) ?? [],
    openAt: (site) =>
      [...index.open.values()].flatMap(({ edits }) => edits.filter((edit) => edit.site === site)).length,
    recordOf: (family) => index.families.get(family) ?? { judged: 0, kept: 0, broken: 0 },
  };
  return index;
}

function rememberMoves(index: Index, { site, value, from }: Edit): void {
  const moves = index.moves.get(site) ?? new Set();
  index.moves.set(site, moves.add(value));
  if (from !== undefined) moves.add(from);
}

function resultOf(verdict: Verdict): Result {
  switch (verdict.kind) {
    case 'keep':
    case 'discard':
      return { kind: verdict.kind, gain: verdict.evidence.gain };
    case 'crash':
    case 'timeout':
    case 'invalid':
      return { kind: 'broken', word: verdict.kind };
    case 'inconclusive':
      return { kind: 'inconclusive' };
    default:
      return verdict satisfies never;
  }
}

function remember(index: Index, experiment: ExperimentId, edits: readonly Edit[], result: Result): void {
  const alone = edits.length === 1;
  index.judged++;
  index.tried.add(editKey(edits));
  for (const edit of edits) {
    // Of a pair that failed nobody knows which half was at fault.
    if (!alone && result.kind !== 'keep') continue;
    const attempt = { experiment, edit, alone, result };
    const attempts = index.attempts.get(edit.site);
    if (attempts === undefined) index.attempts.set(edit.site, [attempt]);
    else insert(attempts, attempt, (a, b) => a.experiment - b.experiment);
    if (alone) count(index, edit, result);
    if (alone && result.kind === 'discard') {
      insert(index.nearMisses, attempt, nearestFirst);
      if (index.nearMisses.length > MOST_NEAR_MISSES) index.nearMisses.pop();
    }
  }
}

function count(index: Index, edit: Edit, result: Result): void {
  const family = familyOfSite(edit.site);
  if (family === undefined) return;
  const record = index.families.get(family) ?? { judged: 0, kept: 0, broken: 0 };
  record.judged++;
  if (result.kind === 'keep') record.kept++;
  if (result.kind === 'broken') record.broken++;
  index.families.set(family, record);
}

function nearestFirst(a: Attempt, b: Attempt): number {
  const gainOf = ({ result }: Attempt) =>
    result.kind === 'discard' ? result.gain : Number.NEGATIVE_INFINITY;
  return gainOf(b) - gainOf(a) || a.experiment - b.experiment;
}

/** Verdicts come in any order; the index must not depend on when it was asked. */
function insert(sorted: Attempt[], attempt: Attempt, order: (a: Attempt, b: Attempt) => number): void {
  let place = sorted.length;
  while (place > 0 && order(sorted[place - 1]!, attempt) > 0) place--;
  sorted.splice(place, 0, attempt);
}

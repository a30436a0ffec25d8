import type { Family } from '../../model/edit.ts';
import { type Edit, editKey, familyOfSite, readEdits } from '../../model/edit.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { StudyState } from '../../model/study.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Method } from './method.ts';
import { methodOf } from './signature.ts';
import { createVisited, settle, type Visited, visit } from './visited.ts';

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
  /** The newest judged attempts at a site, oldest first, at most `MOST_ATTEMPTS`: another list once there is another attempt. */
  attemptsAt(site: string): readonly Attempt[];
  /** Whether an edit of the site was kept or discarded, however long ago. */
  wasMeasured(site: string): boolean;
  /** Open edits at a site. */
  openAt(site: string): number;
  recordOf(family: Family): Readonly<FamilyRecord>;
  /** Discards of single edits, nearest to a keep first. */
  readonly nearMisses: readonly Attempt[];
  /** Values that a site had, or was to have, in anything that was proposed. */
  visitedAt(site: string): Visited;
  /** Edits that were read, whatever became of them. */
  readonly proposed: ReadonlyMap<ExperimentId, Proposed>;
  /** Edits that are judged or open, the newest experiment first, at most `MOST_LOOKED_AT`. */
  newest(): Iterable<readonly [ExperimentId, Proposed]>;
  /** Whether a commit is that of an experiment whose edits were read. */
  isOfProposed(commit: Commit): boolean;
}

export interface Proposed {
  readonly edits: readonly Edit[];
  readonly key: string;
  readonly method: Method;
}

/** Near misses that are remembered; the rest are not near. */
const MOST_NEAR_MISSES = 24;
/** Attempts at a site that still tell something of its next move; exact repeats are known however old they are. */
export const MOST_ATTEMPTS = 64;
/** Experiments that one thought looks at: what lies further back was of another champion, and a thought must not grow with the study. */
export const MOST_LOOKED_AT = 1600;

interface Index extends History {
  judged: number;
  /** The first experiment that was not looked at yet. */
  next: number;
  /** The proposal before it: the same object in every state that goes on from the one that was read. */
  last: Proposal | undefined;
  /** Experiments that were judged or set aside. */
  settled: number;
  readonly open: Map<ExperimentId, Proposed>;
  /** How many of the open ones are of a key, and of a site. */
  readonly openKeys: Map<string, number>;
  readonly openSites: Map<string, number>;
  readonly proposed: Map<ExperimentId, Proposed>;
  /** What was not set aside, oldest first. */
  readonly order: ExperimentId[];
  readonly commits: Set<Commit>;
  readonly visited: Map<string, Visited>;
  readonly tried: Set<string>;
  readonly attempts: Map<string, readonly Attempt[]>;
  readonly measured: Set<string>;
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
    openIn(index, id, proposed);
    index.proposed.set(id, proposed);
    index.order.push(id);
    index.commits.add(experiment!.proposal.commit);
    for (const edit of edits) rememberValues(index, edit);
  }
  for (const [id, proposed] of index.open) {
    const experiment = state.experiments.get(id);
    if (experiment?.status === 'open') continue;
    closeIn(index, id, proposed);
    if (experiment?.status === 'judged') remember(index, id, proposed.edits, resultOf(experiment.verdict));
    else index.order.splice(index.order.lastIndexOf(id), 1);
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
    openKeys: new Map(),
    openSites: new Map(),
    tried: new Set(),
    attempts: new Map(),
    measured: new Set(),
    families: new Map(),
    nearMisses: [],
    proposed: new Map(),
    order: [],
    commits: new Set(),
    visited: new Map(),
    visitedAt: (site) => index.visited.get(site) ?? NOWHERE,
    isTried: (key) => index.tried.has(key) || index.openKeys.has(key),
    attemptsAt: (site) => index.attempts.get(site) ?? NONE,
    wasMeasured: (site) => index.measured.has(site),
    openAt: (site) => index.openSites.get(site) ?? 0,
    newest: () => newestOf(index),
    isOfProposed: (commit) => index.commits.has(commit),
    recordOf: (family) => index.families.get(family) ?? { judged: 0, kept: 0, broken: 0 },
  };
  return index;
}

const NONE: readonly Attempt[] = [];
const NOWHERE = createVisited();

function* newestOf({ order, proposed }: Index): Generator<readonly [ExperimentId, Proposed]> {
  const end = Math.max(0, order.length - MOST_LOOKED_AT);
  for (let place = order.length - 1; place >= end; place--) {
    const id = order[place]!;
    yield [id, proposed.get(id)!];
  }
}

function openIn(index: Index, id: ExperimentId, proposed: Proposed): void {
  index.open.set(id, proposed);
  add(index.openKeys, proposed.key, 1);
  for (const { site } of proposed.edits) add(index.openSites, site, 1);
}

function closeIn(index: Index, id: ExperimentId, { key, edits }: Proposed): void {
  index.open.delete(id);
  add(index.openKeys, key, -1);
  for (const { site } of edits) add(index.openSites, site, -1);
}

function add(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function rememberValues(index: Index, { site, value, from }: Edit): void {
  const visited = index.visited.get(site) ?? createVisited();
  index.visited.set(site, visited);
  visit(visited, value);
  if (from !== undefined) visit(visited, from);
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
    if (result.kind !== 'inconclusive')
      settle(
        index.visited.get(edit.site)!,
        edit.value,
        result.kind === 'broken' ? 'broken' : 'measured',
        alone,
      );
    // Of a pair that failed nobody knows which half was at fault.
    if (!alone && result.kind !== 'keep') continue;
    const attempt = { experiment, edit, alone, result };
    const attempts = [...index.attemptsAt(edit.site)];
    insert(attempts, attempt, (a, b) => a.experiment - b.experiment);
    index.attempts.set(edit.site, attempts.slice(-MOST_ATTEMPTS));
    if (result.kind === 'keep' || result.kind === 'discard') index.measured.add(edit.site);
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

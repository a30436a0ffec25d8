import { editKey, writeEdits } from '../model/edit.ts';
import type { Draft, FileChange } from '../model/proposal.ts';
import type { Brief, Researcher } from '../model/researcher.ts';
import { sharesOf } from './search/credit.ts';
import { hypothesisOf } from './search/hypothesis.ts';
import { type Idea, ideaBy } from './search/idea.ts';
import { isDeclared } from './search/landscape.ts';
import { isByModel, METHODS, type Method } from './search/method.ts';
import { applyMoves, editOf, type Move } from './search/move.ts';
import { createPool } from './search/pool.ts';
import { movesOf } from './search/portfolio.ts';
import { signEdits } from './search/signature.ts';
import { startThought, type Thought } from './search/thought.ts';
import { findSites } from './sites/find.ts';
import type { Site } from './sites/site.ts';
import { parses } from './syntax/nodes.ts';

/** Picks a draft that may come to nothing: repeated pairs, texts that no longer parse. */
const PICKS_PER_DRAFT = 40;
const AFTER_REPEAT = 0.3;
/** Of these, those by a model: each looks at hundreds of places. Where so many came to nothing, the model knows nothing new. */
const MODEL_PICKS_PER_DRAFT = 8;

/**
 * The built-in researcher: needs no account and no network. It reads the editable files (TypeScript, JavaScript and
 * Python as syntax trees; JSON, YAML, TOML, INI and CSS by lines of name and value), finds what can move in them, and
 * proposes by several methods, each as often as it has paid. Without a site it has no idea: an empty list.
 */
export function createSearch(): Search {
  return { name: 'search', propose };
}

/** A researcher that costs nothing and does not fail: it has nothing to tell beside its drafts. */
export interface Search extends Researcher {
  propose(brief: Brief, count: number, signal: AbortSignal): Promise<Draft[]>;
}

async function propose(brief: Brief, count: number, signal: AbortSignal): Promise<Draft[]> {
  const sites: Site[] = [];
  for (const [path, text] of brief.sources) {
    signal.throwIfAborted();
    sites.push(...(await findSites(path, text)));
  }
  const thought = startThought(brief, sites);
  const pool = createPool(
    movesOf(sites, thought.history, thought.earnings, thought.random, thought.keepsSince),
    thought.random,
  );
  const shares = new Map(sharesOf(thought.earnings, declaredShare(sites)));
  const drafts: Draft[] = [];
  const keys = new Set<string>();
  let modelPicks = 0;
  for (let picks = 0; drafts.length < count && picks < count * PICKS_PER_DRAFT; picks++) {
    signal.throwIfAborted();
    const method = drawMethod(shares, thought.random);
    if (method === undefined) break;
    if (isByModel(method) && ++modelPicks > MODEL_PICKS_PER_DRAFT) {
      for (const other of METHODS) if (isByModel(other)) shares.delete(other);
      continue;
    }
    const idea = ideaBy(method, thought, pool);
    if (idea === undefined) {
      shares.delete(method);
      continue;
    }
    const key = editKey(idea.moves.map(editOf));
    if (keys.has(key) || (thought.history.isTried(key) && !isReturn(idea))) {
      // What comes to the same again may go on to do so: other methods first.
      shares.set(method, shares.get(method)! * AFTER_REPEAT);
      continue;
    }
    keys.add(key);
    const changes = await changesOf(brief.sources, idea.moves);
    if (changes === undefined) continue;
    modelPicks = 0;
    thought.proposed(idea.moves);
    drafts.push(draftOf(idea, changes, method, thought));
  }
  return drafts;
}

/** What lost on another champion may be tried again, alone. */
function isReturn({ moves }: Idea): boolean {
  return moves.length === 1 && moves[0]!.basis.kind === 'returns';
}

function declaredShare(sites: readonly Site[]): number {
  return sites.filter(isDeclared).length / Math.max(1, sites.length);
}

function drawMethod(shares: ReadonlyMap<Method, number>, random: () => number): Method | undefined {
  let rest = random() * [...shares.values()].reduce((sum, share) => sum + share, 0);
  for (const [method, share] of shares) {
    rest -= share;
    if (rest < 0) return method;
  }
  return undefined;
}

/** The files as they would be, or undefined where one that was right would have a syntax error. */
async function changesOf(
  sources: ReadonlyMap<string, string>,
  moves: readonly Move[],
): Promise<FileChange[] | undefined> {
  const changes: FileChange[] = [];
  for (const path of new Set(moves.map(({ site }) => site.path))) {
    const before = sources.get(path);
    if (before === undefined)
      throw new Error(`A site names ${path}, which is not among the brief's sources.`);
    const content = applyMoves(
      before,
      moves.filter(({ site }) => site.path === path),
    );
    if (content === before) return undefined;
    const isBroken = (await parses(path, content)) === false && (await parses(path, before)) !== false;
    if (isBroken) return undefined;
    changes.push({ kind: 'write', path, content });
  }
  return changes;
}

function draftOf(
  { moves, reason, expectedGain }: Idea,
  changes: readonly FileChange[],
  method: Method,
  { brief }: Thought,
): Draft {
  return {
    hypothesis: hypothesisOf(moves, brief.program.objective, reason),
    category: moves[0]!.site.category,
    changes,
    edit: signEdits(writeEdits(moves.map(editOf)), method),
    ...(expectedGain === undefined ? {} : { expectedGain }),
  };
}

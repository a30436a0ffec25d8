import type { Draft, FileChange } from '../model/proposal.ts';
import { createRandom } from '../model/random.ts';
import type { Brief, Researcher } from '../model/researcher.ts';
import { type Combination, nearMissPair } from './search/combination.ts';
import { editKey, writeEdits } from './search/edit.ts';
import { type History, historyOf } from './search/history.ts';
import { hypothesisOf } from './search/hypothesis.ts';
import { applyMoves, editOf, type Move, overlaps } from './search/move.ts';
import { movesOf } from './search/portfolio.ts';
import { findSites } from './sites/find.ts';
import type { Site } from './sites/site.ts';
import { parses } from './syntax/nodes.ts';

/** Share of drafts that make two moves, once enough single moves were judged to know what is worth combining. */
const COMBINED_SHARE = 0.15;
const SINGLES_BEFORE_COMBINING = 25;
/** Picks a draft that may come to nothing: repeated pairs, texts that no longer parse. */
const PICKS_PER_DRAFT = 20;
/** Half of the last step's gain: returns diminish. */
const MOMENTUM_SHARE = 0.5;

/**
 * The built-in researcher: needs no account and no network. It reads the editable files (TypeScript, JavaScript and
 * Python as syntax trees; JSON, YAML, TOML, INI and CSS by lines of name and value), finds what can move in them, and
 * proposes one move at a time, sometimes two, by what the ledger showed. Without a site it has no idea: an empty list.
 */
export function createSearch(): Researcher {
  return { name: 'search', propose };
}

async function propose(brief: Brief, count: number, signal: AbortSignal): Promise<Draft[]> {
  const sites: Site[] = [];
  for (const [path, text] of brief.sources) {
    signal.throwIfAborted();
    sites.push(...(await findSites(path, text)));
  }
  const history = historyOf(brief.state);
  const random = createRandom(brief.seed);
  const pool = createPool(movesOf(sites, history, random), random);
  const byId = new Map(sites.map((site) => [site.id, site]));
  const drafts: Draft[] = [];
  const keys = new Set<string>();
  for (let picks = 0; drafts.length < count && picks < count * PICKS_PER_DRAFT; picks++) {
    signal.throwIfAborted();
    const idea = pickIdea(pool, byId, history, brief, random);
    if (idea === undefined) break;
    const key = editKey(idea.moves.map(editOf));
    if (keys.has(key) || history.isTried(key)) continue;
    keys.add(key);
    const changes = await changesOf(brief.sources, idea.moves);
    if (changes !== undefined) drafts.push(draftOf(idea, changes, brief));
  }
  return drafts;
}

interface Idea {
  readonly moves: readonly Move[];
  readonly reason?: string;
  readonly expectedGain?: number;
}

function pickIdea(
  pool: Pool,
  sites: ReadonlyMap<string, Site>,
  history: History,
  brief: Brief,
  random: () => number,
): Idea | undefined {
  if (history.judged >= SINGLES_BEFORE_COMBINING && random() < COMBINED_SHARE) {
    const isNearMiss = random() < 0.5;
    const pair = isNearMiss ? nearMissPair(sites, history, brief.program.objective, random) : freshPair(pool);
    if (pair !== undefined) return pair;
  }
  const move = pool.take();
  if (move === undefined) return undefined;
  const expectedGain = move.basis.kind === 'momentum' ? move.basis.gain * MOMENTUM_SHARE : 0;
  return expectedGain > 0 ? { moves: [move], expectedGain } : { moves: [move] };
}

function freshPair(pool: Pool): Combination | undefined {
  const first = pool.look();
  const second = pool.look();
  if (first === undefined || second === undefined || first.site === second.site) return undefined;
  if (overlaps(first.site, second.site)) return undefined;
  return {
    moves: [first, second],
    reason: 'neither was tried alone; together they may reach what one step does not',
  };
}

/** Moves to draw from, each by its weight. */
interface Pool {
  /** Draws a move and removes it; other moves of its site become unlikely, so that one batch asks many questions. */
  take(): Move | undefined;
  /** Draws a move and leaves it. */
  look(): Move | undefined;
}

const SAME_SITE_FACTOR = 0.05;

function createPool(moves: readonly Move[], random: () => number): Pool {
  const weights = moves.map(({ weight }) => weight);
  const draw = (): number | undefined => {
    let rest = random() * weights.reduce((total, weight) => total + weight, 0);
    for (const [index, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return index;
    }
    return undefined;
  };
  return {
    look: () => moves[draw() ?? -1],
    take: () => {
      const index = draw();
      const taken = moves[index ?? -1];
      if (index === undefined || taken === undefined) return undefined;
      for (const [other, move] of moves.entries()) {
        if (move.site === taken.site) weights[other]! *= SAME_SITE_FACTOR;
      }
      weights[index] = 0;
      return taken;
    },
  };
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

function draftOf({ moves, reason, expectedGain }: Idea, changes: readonly FileChange[], brief: Brief): Draft {
  return {
    hypothesis: hypothesisOf(moves, brief.program.objective, reason),
    category: moves[0]!.site.category,
    changes,
    edit: writeEdits(moves.map(editOf)),
    ...(expectedGain === undefined ? {} : { expectedGain }),
  };
}

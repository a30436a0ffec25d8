import { editKey, writeEdits } from '../../src/model/edit.ts';
import type { Draft } from '../../src/model/proposal.ts';
import { createRandom } from '../../src/model/random.ts';
import type { Brief, Researcher } from '../../src/model/researcher.ts';
import { historyOf } from '../../src/propose/search/history.ts';
import { applyMoves, editOf, type Move, moveTo } from '../../src/propose/search/move.ts';
import { candidatesOf } from '../../src/propose/search/scale.ts';
import { findSites } from '../../src/propose/sites/find.ts';
import type { Site } from '../../src/propose/sites/site.ts';
import { parses } from '../../src/propose/syntax/nodes.ts';

/** Edits of the same sites as the built-in researcher's, each as likely as any other, none of them twice. */
export const randomEdits: Researcher = {
  name: 'random edits',
  propose: (brief, count) => drafts(brief, count, shuffled),
};

/** What a careful person does: one declared value after the other, down the file and round again, a step up and a step down. */
export const oneAtATime: Researcher = {
  name: 'one at a time',
  propose: (brief, count) => drafts(brief, count, (moves) => inTurn(moves, brief)),
};

async function drafts(
  brief: Brief,
  count: number,
  ordered: (moves: readonly Move[], random: () => number) => readonly Move[],
): Promise<Draft[]> {
  const history = historyOf(brief.state);
  const random = createRandom(brief.seed);
  const moves: Move[] = [];
  for (const [path, text] of brief.sources)
    for (const site of await findSites(path, text)) moves.push(...movesOf(site, random));
  const found: Draft[] = [];
  const batch = new Set<string>();
  for (const move of ordered(moves, random)) {
    if (found.length === count) break;
    const key = editKey([editOf(move)]);
    if (history.isTried(key) || batch.has(key)) continue;
    batch.add(key);
    const { path, category, name } = move.site;
    const before = brief.sources.get(path)!;
    const content = applyMoves(before, [move]);
    if (content === before || (await parses(path, content)) === false) continue;
    found.push({
      hypothesis: `${name}: ${move.value}`,
      category,
      edit: writeEdits([editOf(move)]),
      changes: [{ kind: 'write', path, content }],
    });
  }
  return found;
}

function movesOf(site: Site, random: () => number): Move[] {
  if (site.kind === 'number')
    return candidatesOf(site, random).flatMap(({ value }) => moveTo(site, String(value)) ?? []);
  return site.options.flatMap(({ value }) => moveTo(site, value) ?? []);
}

/** Every site is as likely as any other, however many values it may take. */
function shuffled(moves: readonly Move[], random: () => number): Move[] {
  const sites = new Map<string, Move[]>();
  for (const move of moves) {
    const others = sites.get(move.site.id);
    if (others) others.push(move);
    else sites.set(move.site.id, [move]);
  }
  const first = [...sites.values()].map((options) => options[Math.floor(random() * options.length)]!);
  return first
    .map((move) => ({ move, draw: random() }))
    .sort((a, b) => a.draw - b.draw)
    .map(({ move }) => move);
}

/** Goes on after the site that was moved last. */
function inTurn(moves: readonly Move[], { state }: Brief): Move[] {
  const declared = moves.filter(({ site }) => site.prominence === 'top');
  const last = [...state.experiments.values()].at(-1)?.proposal.edit ?? '';
  const sites = [...new Set(declared.map(({ site }) => site.id))];
  const at = sites.findIndex((site) => last.startsWith(`${site}=`)) + 1;
  const turn = [...sites.slice(at), ...sites.slice(0, at)];
  return turn.flatMap((id) => declared.filter(({ site }) => site.id === id));
}

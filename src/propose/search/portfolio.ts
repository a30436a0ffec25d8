import type { Category } from '../../model/category.ts';
import type { Family } from '../../model/edit.ts';
import { editKey } from '../../model/edit.ts';
import type { ExperimentId } from '../../model/identity.ts';
import { wordsOf } from '../sites/category.ts';
import { reachedIn } from '../sites/reached.ts';
import type { Site } from '../sites/site.ts';
import { plateauOf, preferenceFor } from './credit.ts';
import type { Earning } from './earnings.ts';
import type { Attempt, History } from './history.ts';
import { type Basis, type Move, optionMove } from './move.ts';
import { numberMoves } from './numbers.ts';

/**
 * How the next trial is shared out. What its author declared (alternatives, switches, constants at the top of the file) comes first: each site
 * by a weight of its own. The moves of a family within the code share at most `most` percent of the weight of all that is declared, however
 * many there are and however little of that is left to try: most of them break something.
 */
const FAMILIES: Readonly<Record<Family, { readonly each: number; readonly most?: number }>> = {
  alternatives: { each: 30 },
  switch: { each: 20 },
  number: { each: 2 },
  kin: { each: 3, most: 10 },
  'inner-number': { each: 0.4, most: 4 },
  statement: { each: 0.5, most: 3 },
  term: { each: 0.3, most: 3 },
  'inner-switch': { each: 0.3, most: 1.5 },
  duplicate: { each: 0.2, most: 1 },
};

/** The rate of learning comes before all other numbers: most others only make sense once it fits. */
const FIRST_NUMBER_FACTOR = 10;
const LOCAL_FACTOR = 0.4;
/** 0, 1 and 2 in an expression are mostly part of its meaning. */
const PLAIN_INTEGER_FACTOR = 0.2;
const CRASH_FACTOR = 0.3;
/** One open edit of a site is enough to learn from at a time. */
const OPEN_FACTOR = 0.15;

/** A value that is not reached as the file stands changes nothing. */
const UNREACHED_FACTOR = 0.02;
/** On a plateau numbers were turned long enough, and so much more of the code may be touched. */
const PLATEAU_FACTOR = 0.5;
const PLATEAU_MORE = 2;

/** How many changes the champion took in after an experiment; 0 where nothing is ever tried again. */
export type KeepsSince = (experiment: ExperimentId) => number;

/** What the author declared is worth a second look, unlike what stands within the code. */
const RETURNING: ReadonlySet<Family> = new Set<Family>(['alternatives', 'switch']);
/** So many changes make another champion of it. */
const KEEPS_TO_RETURN = 1;
/** Trials of one alternative, on however many champions. */
const MOST_RETURNS = 3;
const AGAIN_FACTOR = 0.15;

/** Every move that is neither judged on a champion much like this one nor open, weighted. */
export function movesOf(
  sites: readonly Site[],
  history: History,
  earnings: readonly Earning[],
  random: () => number,
  keepsSince: KeepsSince,
): Move[] {
  const families = new Map<Family, Move[]>();
  const isReached = reachedIn(sites);
  const isOnPlateau = plateauOf(earnings) > 0;
  const preferences = new Map<Category, number>();
  for (const site of sites) {
    const preference = preferences.get(site.category) ?? preferenceFor(site.category, earnings);
    preferences.set(site.category, preference);
    const factor =
      preference *
      (isReached(site) ? 1 : UNREACHED_FACTOR) *
      (isOnPlateau && site.kind === 'number' ? PLATEAU_FACTOR : 1);
    const moves = siteMoves(site, history, random, keepsSince).map((move) => ({
      ...move,
      weight: move.weight * factor,
    }));
    const others = families.get(site.family);
    if (others === undefined) families.set(site.family, moves);
    else others.push(...moves);
  }
  const declared = [...families]
    .filter(([family]) => FAMILIES[family].most === undefined)
    .reduce((sum, [, moves]) => sum + weightOf(moves), 0);
  const percent = (declared / 100) * (isOnPlateau ? PLATEAU_MORE : 1);
  return [...families].flatMap(([family, moves]) => shared(moves, family, history, percent));
}

function siteMoves(site: Site, history: History, random: () => number, keepsSince: KeepsSince): Move[] {
  const attempts = history.attemptsAt(site.id);
  const weight = siteWeight(site, attempts, history.openAt(site.id));
  if (site.kind === 'number') return numberMoves(site, attempts, history, weight, random);
  const visited = new Set(attempts.map(({ edit }) => edit.from));
  const present = site.kind === 'choice' ? site.value : undefined;
  const basis = optionBasis(attempts.filter(({ edit }) => edit.value !== present));
  const keys = keysOf(site);
  return site.options.flatMap((option, index) => {
    if (visited.has(option.value)) return [];
    if (!history.isTried(keys[index]!)) return optionMove(site, option, basis, weight);
    const again =
      history.openAt(site.id) > 0 ? undefined : returning(site, option.value, attempts, keepsSince);
    return again === undefined ? [] : optionMove(site, option, again, weight * AGAIN_FACTOR);
  });
}

/**
 * Whether a declared alternative that lost deserves another trial: on a champion that has changed since it may do something else,
 * and under noise one trial told little.
 */
function returning(
  site: Site,
  value: string,
  attempts: readonly Attempt[],
  keepsSince: KeepsSince,
): Basis | undefined {
  if (!RETURNING.has(site.family)) return undefined;
  const own = attempts.filter(({ edit, alone }) => alone && edit.value === value);
  const failed = own.at(-1);
  if (failed?.result.kind !== 'discard' || own.length >= MOST_RETURNS) return undefined;
  const keeps = keepsSince(failed.experiment);
  return keeps >= KEEPS_TO_RETURN ? { kind: 'returns', failed, keeps } : undefined;
}

const keysOfSites = new WeakMap<Site, readonly string[]>();

/** The key of each option's edit: written once for all thoughts about a text. */
function keysOf(site: Exclude<Site, { kind: 'number' }>): readonly string[] {
  const known = keysOfSites.get(site);
  if (known !== undefined) return known;
  const keys = site.options.map(({ value }) => editKey([{ site: site.id, value }]));
  keysOfSites.set(site, keys);
  return keys;
}

function siteWeight(site: Site, attempts: readonly Attempt[], open: number): number {
  const crashes = attempts.filter(({ result }) => result.kind === 'broken').length;
  const isFirst = site.kind === 'number' && / (lr|learning rate) /.test(wordsOf(site.name));
  const isPlain = site.kind === 'number' && site.prominence === 'inner' && isPlainInteger(site.value);
  return (
    FAMILIES[site.family].each *
    (site.prominence === 'local' ? LOCAL_FACTOR : 1) *
    (isFirst ? FIRST_NUMBER_FACTOR : 1) *
    (isPlain ? PLAIN_INTEGER_FACTOR : 1) *
    Math.max(0.01, CRASH_FACTOR ** crashes) *
    OPEN_FACTOR ** Math.min(open, 4) *
    Math.min(1, 4 / site.siblings)
  );
}

function isPlainInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 4;
}

function weightOf(moves: readonly Move[]): number {
  return moves.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * Caps a family's weight, and bends it by what the ledger shows: families that crash fade, families that pay grow.
 *
 * @param percent of the weight of all that is declared; 0 where nothing is, and then nothing is capped
 */
function shared(moves: readonly Move[], family: Family, history: History, percent: number): Move[] {
  const { judged, kept, broken } = history.recordOf(family);
  const survival = ((judged - broken + 2) / (judged + 2)) ** 2;
  const success = 1 + (4 * kept) / (judged + 5);
  const { most } = FAMILIES[family];
  const cap = most === undefined || percent === 0 ? 1 : Math.min(1, (most * percent) / weightOf(moves));
  const factor = survival * success * cap;
  return moves.map((move) => ({ ...move, weight: move.weight * factor }));
}

function optionBasis(attempts: readonly Attempt[]): Basis {
  if (attempts.length === 0) return { kind: 'untried' };
  return { kind: 'others-tried', count: attempts.length, best: bestOf(attempts) };
}

/** The attempt with the largest gain; undefined where none has one. */
function bestOf(attempts: readonly Attempt[]): Attempt | undefined {
  let best: Attempt | undefined;
  for (const attempt of attempts) {
    if (gainOf(attempt) > (best === undefined ? Number.NEGATIVE_INFINITY : gainOf(best))) best = attempt;
  }
  return best;
}

function gainOf({ result }: Attempt): number {
  return result.kind === 'keep' || result.kind === 'discard' ? result.gain : Number.NEGATIVE_INFINITY;
}

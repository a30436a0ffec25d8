import type { Category } from '../../model/category.ts';
import { wordsOf } from '../sites/category.ts';
import { reachedIn } from '../sites/reached.ts';
import type { Family, Site } from '../sites/site.ts';
import { plateauOf, preferenceFor } from './credit.ts';
import type { Earning } from './earnings.ts';
import { editKey } from './edit.ts';
import type { Attempt, History } from './history.ts';
import { type Basis, type Move, optionMove } from './move.ts';
import { numberMoves } from './numbers.ts';

/**
 * How the next trial is shared out. What its author declared (alternatives, switches, constants at the top of the file)
 * comes first; the moves of a capped family share at most that weight between them, however many there are, so that
 * they grow in share only as the declared ones are used up.
 */
const FAMILY_WEIGHTS: Readonly<Record<Family, { readonly each: number; readonly all: number }>> = {
  alternatives: { each: 30, all: Number.POSITIVE_INFINITY },
  switch: { each: 20, all: Number.POSITIVE_INFINITY },
  'inner-switch': { each: 0.3, all: 1.5 },
  number: { each: 2, all: Number.POSITIVE_INFINITY },
  'inner-number': { each: 0.4, all: 5 },
  statement: { each: 0.5, all: 4 },
  term: { each: 0.3, all: 3 },
  kin: { each: 3, all: 10 },
  duplicate: { each: 0.2, all: 1 },
};

/** The rate of learning comes before all other numbers: most others only make sense once it fits. */
const FIRST_NUMBER_FACTOR = 10;
const LOCAL_FACTOR = 0.4;
/** 0, 1 and 2 in an expression are mostly part of its meaning. */
const PLAIN_INTEGER_FACTOR = 0.2;
const CRASH_FACTOR = 0.3;
/** One open edit of a site is enough to learn from at a time. */
const OPEN_FACTOR = 0.15;

/** Attempts at a site that still tell something of its next move; exact repeats are known however old they are. */
const RECENT = 64;

/** A value that is not reached as the file stands changes nothing. */
const UNREACHED_FACTOR = 0.02;
/** On a plateau numbers were turned long enough. */
const PLATEAU_FACTOR = 0.3;

/** Every move that is neither judged nor open, weighted. */
export function movesOf(
  sites: readonly Site[],
  history: History,
  earnings: readonly Earning[],
  random: () => number,
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
    const moves = siteMoves(site, history, random).map((move) => ({ ...move, weight: move.weight * factor }));
    const others = families.get(site.family);
    if (others === undefined) families.set(site.family, moves);
    else others.push(...moves);
  }
  return [...families].flatMap(([family, moves]) => shared(moves, family, history));
}

function siteMoves(site: Site, history: History, random: () => number): Move[] {
  const attempts = history.attemptsAt(site.id).slice(-RECENT);
  const weight = siteWeight(site, attempts, history.openAt(site.id));
  if (site.kind === 'number') return numberMoves(site, attempts, history, weight, random);
  const visited = new Set(attempts.map(({ edit }) => edit.from));
  const present = site.kind === 'choice' ? site.value : undefined;
  const basis = optionBasis(attempts.filter(({ edit }) => edit.value !== present));
  return site.options.flatMap((option) => {
    const isUsed =
      visited.has(option.value) || history.isTried(editKey([{ site: site.id, value: option.value }]));
    return isUsed ? [] : optionMove(site, option, basis, weight);
  });
}

function siteWeight(site: Site, attempts: readonly Attempt[], open: number): number {
  const crashes = attempts.filter(({ result }) => result.kind === 'broken').length;
  const isFirst = site.kind === 'number' && / (lr|learning rate) /.test(wordsOf(site.name));
  const isPlain = site.kind === 'number' && site.prominence === 'inner' && isPlainInteger(site.value);
  return (
    FAMILY_WEIGHTS[site.family].each *
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

/** Caps a family's weight, and bends it by what the ledger shows: families that crash fade, families that pay grow. */
function shared(moves: readonly Move[], family: Family, history: History): Move[] {
  const { judged, kept, broken } = history.recordOf(family);
  const survival = ((judged - broken + 2) / (judged + 2)) ** 2;
  const success = 1 + (4 * kept) / (judged + 5);
  const sum = moves.reduce((total, { weight }) => total + weight, 0);
  const factor = survival * success * Math.min(1, FAMILY_WEIGHTS[family].all / sum);
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

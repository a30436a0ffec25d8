import { minimise } from '../../statistics/minimise.ts';
import type { Axis } from './axis.ts';
import type { Landscape, Measured } from './landscape.ts';
import { MOST_POINTS, type Surrogate, surrogateOf } from './surrogate.ts';

/** Why a place is worth a trial. */
export type Basis =
  /** Expected gain over the champion with its deviation, in the metric's unit. */
  | { readonly kind: 'forecast'; readonly gain: number; readonly deviation: number }
  /** Hardly anything was tried, and nothing near it. */
  | { readonly kind: 'far from all' }
  /** Drawn from around what was better. */
  | { readonly kind: 'drawn' };

/** A place that is to be tried next. */
export interface Place {
  readonly at: Float64Array;
  readonly basis: Basis;
  /** Of numbers, in shares of their axes: differences below it do not matter. */
  readonly resolution: number;
}

/** Points without which a model knows nothing, where the author declared the ends of the axes. */
const FIRST_POINTS = 4;
/** Digits of a value are those that move it by a thousandth of the region that is searched, or by what luck leaves to be told. */
const RESOLUTION = { none: 1e-3, some: 0.03 };

/**
 * The most promising place between the ends of all axes. While there is hardly anything to go by, and every axis has declared ends, it
 * is the one farthest from all that was tried of a few drawn by luck.
 */
export function placeAnywhere(landscape: Landscape, random: () => number): Place | undefined {
  const { axes, measured } = landscape;
  if (landscape.isWhollyDeclared && measured.length < FIRST_POINTS) return farthest(landscape, random);
  if (measured.length < leastPoints(landscape)) return undefined;
  const surrogate = rememberedModel(landscape, ANYWHERE, () => surrogateOf(landscape, mostTelling(measured)));
  const box = { low: axes.map(() => 0), high: axes.map(() => 1) };
  return search(landscape, surrogate, box, random);
}

/**
 * The most promising place in a region around the champion, by a model of what was measured in and near it. Its sides are as the
 * model's lengths: far along what hardly matters.
 *
 * @param reach half a side of the region, in shares of the axes
 */
export function placeNearby(landscape: Landscape, reach: number, random: () => number): Place | undefined {
  const { axes, here, measured } = landscape;
  if (axes.every(({ kind }) => kind === 'choice')) return undefined;
  if (measured.length < leastPoints(landscape)) return undefined;
  const surrogate = rememberedModel(landscape, reach, () =>
    surrogateOf(landscape, nearest(landscape, reach)),
  );
  const mean = Math.exp(
    surrogate.lengths.reduce((sum, length) => sum + Math.log(length), 0) / surrogate.lengths.length,
  );
  const sides = surrogate.lengths.map((length) => reach * Math.min(4, Math.max(0.25, length / mean)));
  const box = {
    low: axes.map((_, axis) => Math.max(0, here[axis]! - sides[axis]!)),
    high: axes.map((_, axis) => Math.min(1, here[axis]! + sides[axis]!)),
  };
  return search(landscape, surrogate, box, random);
}

/** Models of landscapes that are still asked about, by how far around the champion they look: a draft that comes to nothing is followed by another. */
const remembered = new WeakMap<Landscape, Map<number, Surrogate>>();
const ANYWHERE = Number.POSITIVE_INFINITY;

function rememberedModel(landscape: Landscape, reach: number, make: () => Surrogate): Surrogate {
  const models = remembered.get(landscape) ?? new Map<number, Surrogate>();
  remembered.set(landscape, models);
  const model = models.get(reach) ?? make();
  models.set(reach, model);
  return model;
}

/** Where nobody declared the ends, steps come first: they find out which values matter, and how far one may go. */
function leastPoints({ axes, isWhollyDeclared }: Landscape): number {
  if (axes.length === 0) return Number.POSITIVE_INFINITY;
  return isWhollyDeclared ? Math.max(FIRST_POINTS, axes.length / 2) : 2 * axes.length + FIRST_POINTS;
}

interface Region {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Places that are looked at before the best of them are improved, in the whole region and close to the champion. */
const DRAWN = 500;
const DRAWN_CLOSE = 250;
const IMPROVED = 5;
const EVALUATIONS = 40;
/** Axes that one proposal moves where there are many: a change of a dozen values is no hypothesis. */
const MOST_MOVED = 6;

function search(
  landscape: Landscape,
  surrogate: Surrogate,
  region: Region,
  random: () => number,
): Place | undefined {
  const { axes, here } = landscape;
  const extent = Math.max(
    ...axes.map(({ kind }, axis) => (kind === 'number' ? region.high[axis]! - region.low[axis]! : 0)),
  );
  const resolution = Math.max(1e-9, RESOLUTION[landscape.luck] * extent);
  const drawn = [
    ...Array.from({ length: DRAWN }, () => drawWithin(axes, here, region, random)),
    ...Array.from({ length: DRAWN_CLOSE }, () => drawClose(axes, here, region, random)),
  ];
  const isEligible = survivorsBy(surrogate, drawn, random());
  const sorted = drawn
    .filter(isEligible)
    .map((at) => ({ at, promise: surrogate.promise(at) }))
    .toSorted((a, b) => b.promise - a.promise);
  let best = sorted[0]!;
  for (const { at } of sorted.slice(0, IMPROVED)) {
    const improved = improve(axes, here, surrogate, region, at);
    const promise = surrogate.promise(improved);
    if (promise > best.promise && isEligible(improved)) best = { at: improved, promise };
  }
  return { at: best.at, basis: { kind: 'forecast', ...surrogate.forecast(best.at) }, resolution };
}

/**
 * What survives one time in ten is looked at one time in ten: however much is expected there, crashes stay as rare as they should be, and no
 * place is ruled out.
 */
function survivorsBy(
  { survival }: Surrogate,
  drawn: readonly Float64Array[],
  risk: number,
): (at: Float64Array) => boolean {
  const least = risk * Math.max(...drawn.map(survival));
  return (at) => survival(at) >= least;
}

function drawWithin(
  axes: readonly Axis[],
  here: Float64Array,
  region: Region,
  random: () => number,
): Float64Array {
  const share = axes.length <= MOST_MOVED ? 1 : (MOST_MOVED * random()) / axes.length;
  return moved(
    axes,
    here,
    share,
    random,
    (axis) => region.low[axis]! + random() * (region.high[axis]! - region.low[axis]!),
  );
}

/** Close in some axes only, at distances of all sizes. */
function drawClose(
  axes: readonly Axis[],
  here: Float64Array,
  region: Region,
  random: () => number,
): Float64Array {
  const distance = 10 ** (-4 * random());
  const share = Math.max(1.5, Math.min(axes.length, MOST_MOVED) * 0.4) / axes.length;
  return moved(axes, here, share, random, (axis) => {
    const place = here[axis]! + (random() + random() - 1) * distance;
    return Math.min(region.high[axis]!, Math.max(region.low[axis]!, place));
  });
}

/** The champion with each axis moved with the chance `share`, and one in any case. */
function moved(
  axes: readonly Axis[],
  here: Float64Array,
  share: number,
  random: () => number,
  numberAt: (axis: number) => number,
): Float64Array {
  const at = here.slice();
  const surely = Math.floor(random() * axes.length);
  for (const [index, axis] of axes.entries()) {
    if (index !== surely && random() >= share) continue;
    at[index] = axis.kind === 'choice' ? Math.floor(random() * axis.values.length) : numberAt(index);
  }
  return at;
}

/** Up the slope of the promise, along the numbers that were moved already. */
function improve(
  axes: readonly Axis[],
  here: Float64Array,
  surrogate: Surrogate,
  region: Region,
  start: Float64Array,
): Float64Array {
  const isFree = (axis: number) =>
    axes[axis]!.kind === 'number' && (axes.length <= MOST_MOVED || start[axis] !== here[axis]);
  const fixed = (bounds: readonly number[]) =>
    Float64Array.from(bounds, (bound, axis) => (isFree(axis) ? bound : start[axis]!));
  const box = { low: fixed(region.low), high: fixed(region.high) };
  const falling = (at: Float64Array, slope: Float64Array) => {
    const improvement = surrogate.improvement(at, slope);
    for (let axis = 0; axis < slope.length; axis++) slope[axis] = -slope[axis]!;
    return -improvement;
  };
  return minimise(falling, start, { evaluations: EVALUATIONS, box, longestStep: 0.2 }).at;
}

function farthest({ axes, here, measured, broken, open, luck }: Landscape, random: () => number): Place {
  const tried = [...measured.map(({ at }) => at), ...broken, ...open];
  const drawn = Array.from({ length: 20 }, () => moved(axes, here, 1, random, () => random())).map((at) => ({
    at,
    distance: Math.min(...tried.map((other) => distanceBetween(axes, at, other))),
  }));
  const [best] = drawn.toSorted((a, b) => b.distance - a.distance);
  return { at: best!.at, basis: { kind: 'far from all' }, resolution: RESOLUTION[luck] };
}

function distanceBetween(axes: readonly Axis[], a: Float64Array, b: Float64Array): number {
  const squares = axes.map(({ kind }, axis) =>
    kind === 'choice' ? (a[axis] === b[axis] ? 0 : 1) : (a[axis]! - b[axis]!) ** 2,
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

/** The best, and the newest, which lie where the search is now. */
function mostTelling(measured: readonly Measured[]): Measured[] {
  const best = measured.toSorted((a, b) => b.gain - a.gain).slice(0, MOST_POINTS / 2);
  const chosen = new Set([...best, ...measured]);
  return [...chosen].slice(0, MOST_POINTS);
}

/** All within the region, and at least as many as tell its axes apart. */
function nearest({ axes, here, measured }: Landscape, reach: number): Measured[] {
  const farthestAlong = ({ at }: Measured) =>
    Math.max(
      ...axes.map(({ kind }, axis) =>
        kind === 'choice' ? Number(at[axis] !== here[axis]) : Math.abs(at[axis]! - here[axis]!),
      ),
    );
  const sorted = measured
    .map((point) => ({ point, distance: farthestAlong(point) }))
    .toSorted((a, b) => a.distance - b.distance);
  const within = sorted.filter(({ distance }) => distance <= reach).length;
  const count = Math.min(MOST_POINTS, Math.max(4 * axes.length + 4, within));
  return sorted.slice(0, count).map(({ point }) => point);
}

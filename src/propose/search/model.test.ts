import { describe, expect, it } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { choiceSite, numberSite } from '../fixtures/sites.ts';
import { type Axis, choiceAxis, numberAxis } from './axis.ts';
import type { Landscape, Measured } from './landscape.ts';
import { type Place, placeAnywhere, placeNearby } from './model.ts';
import { surrogateOf } from './surrogate.ts';
import { visitedOf } from './visited.ts';

type Point = readonly number[];

const share = numberAxis(numberSite(0.5, { range: { low: 0, high: 1, scale: 'linear' } }), visitedOf([]));
const SEEDS = [1, 2, 3, 4, 5, 6];

/** Points that fill a square evenly (Halton's, of 2 and 3). */
function spread(count: number): Point[] {
  const inverse = (index: number, base: number) => {
    let result = 0;
    for (let rest = index, digit = 1 / base; rest > 0; rest = Math.floor(rest / base), digit /= base)
      result += (rest % base) * digit;
    return result;
  };
  return Array.from({ length: count }, (_, index) => [inverse(index + 1, 2), inverse(index + 1, 3)]);
}

const pointOf = (at: Point, gain: number, more: Partial<Measured> = {}): Measured => ({
  at: Float64Array.from(at),
  gain,
  error: 0,
  seconds: 60,
  ...more,
});

/** A landscape whose champion is the best point that was measured. */
function landscapeOf(measured: readonly Measured[], more: Partial<Landscape> = {}): Landscape {
  const best = measured.toSorted((a, b) => b.gain - a.gain)[0]!;
  return {
    axes: Array.from(best.at, () => share),
    here: best.at,
    measured,
    broken: [],
    open: [],
    isWhollyDeclared: true,
    luck: measured.some(({ error }) => error > 0) ? 'some' : 'none',
    ...more,
  };
}

const BOTTOM: Point = [0.3, 0.7];
const parabola = ([x = 0, y = 0]: Point) => -((x - BOTTOM[0]!) ** 2 + 2 * (y - BOTTOM[1]!) ** 2);
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (x, axis) => x - b[axis]!));
const anywhere = (landscape: Landscape, seed = 1): Place => placeAnywhere(landscape, createRandom(seed))!;
const nearby = (landscape: Landscape, reach: number, seed = 1): Place =>
  placeNearby(landscape, reach, createRandom(seed))!;

describe('where a parabola was measured at few points', () => {
  const landscape = landscapeOf(spread(10).map((at) => pointOf(at, parabola(at))));

  it.each(SEEDS)('the next place is near its bottom, and so is what is expected of it (luck %d)', (seed) => {
    for (const { at, basis } of [anywhere(landscape, seed), nearby(landscape, 0.4, seed)]) {
      expect(distance(at, BOTTOM)).toBeLessThan(0.05);
      if (basis.kind !== 'forecast') throw new Error(basis.kind);
      expect(Math.abs(basis.gain - parabola([...at]))).toBeLessThan(4 * basis.deviation + 0.01);
    }
  });

  it('each next place is nearer, whatever the unit of the metric', () => {
    for (const unit of [1e-6, 1, 1e6]) {
      let measured = landscape.measured.map((point) => ({ ...point, gain: unit * point.gain }));
      for (let trial = 0; trial < 5; trial++) {
        const { at } = anywhere(landscapeOf(measured));
        measured = [pointOf([...at], unit * parabola([...at])), ...measured];
      }
      expect(distance(landscapeOf(measured).here, BOTTOM)).toBeLessThan(1e-2);
    }
  });

  it('is found by the slopes of a valley whose costs grow by powers of ten', () => {
    const steep = (at: Point) => 1 - 10 ** (-8 * parabola(at));
    let measured = spread(10).map((at) => pointOf(at, steep(at)));
    for (let trial = 0; trial < 10; trial++) {
      const { at } = anywhere(landscapeOf(measured));
      measured = [pointOf([...at], steep([...at])), ...measured];
    }
    expect(distance(landscapeOf(measured).here, BOTTOM)).toBeLessThan(0.05);
  });

  it('the next place nearby is within reach of the champion, and down its slope', () => {
    // The bottom lies outside of what was measured.
    const corner = spread(12).map(([x, y]): Point => [0.5 + x! / 2, y! / 2]);
    const landscape = landscapeOf(corner.map((at) => pointOf(at, parabola(at))));
    for (const reach of [0.2, 0.02, 0.002]) {
      const { at, resolution } = nearby(landscape, reach);
      expect(distance(at, landscape.here)).toBeLessThan(4 * Math.SQRT2 * reach);
      expect(distance(at, BOTTOM)).toBeLessThan(distance(landscape.here, BOTTOM) - reach / 4);
      expect(resolution).toBeLessThanOrEqual(8 * reach * 1e-3);
    }
  });

  it('is the same place by the same luck', () => {
    const again = landscapeOf(spread(10).map((at) => pointOf(at, parabola(at))));
    expect(anywhere(again, 9)).toEqual(anywhere(landscape, 9));
    expect(nearby(again, 0.4, 9)).toEqual(nearby(landscape, 0.4, 9));
  });
});

describe('an open trial', () => {
  const landscape = landscapeOf(spread(10).map((at) => pointOf(at, parabola(at))));

  it.each(SEEDS)('at the best place sends the next one elsewhere (luck %d)', (seed) => {
    const open: Float64Array[] = [];
    for (let trial = 0; trial < 4; trial++) {
      const { at, resolution } = anywhere({ ...landscape, open }, seed);
      for (const other of open) expect(distance(at, other)).toBeGreaterThan(4 * resolution);
      open.push(at);
    }
  });

  it('is no reason to expect another gain where it stands', () => {
    const { at } = anywhere(landscape);
    const without = surrogateOf(landscape, landscape.measured);
    const beside = surrogateOf({ ...landscape, open: [at] }, landscape.measured);
    expect(beside.forecast(at).gain).toBeCloseTo(without.forecast(at).gain, 2);
    expect(beside.forecast(at).deviation).toBeLessThan(without.forecast(at).deviation);
  });
});

describe('where one side crashed', () => {
  /** Better and better towards the side on which nothing survives. */
  const isBeyond = (at: ArrayLike<number>) => at[0]! >= 0.6;
  const uphill = spread(24);
  const measured = uphill.filter((at) => !isBeyond(at)).map((at) => pointOf(at, at[0]!));
  const broken = uphill.filter(isBeyond).map((at) => Float64Array.from(at));

  it('the next places are rarely there', () => {
    const beyond = (landscape: Landscape) =>
      Array.from({ length: 20 }, (_, seed) => anywhere(landscape, seed + 1)).filter(
        ({ at }) => at[0]! > 0.65,
      );
    expect(beyond(landscapeOf(measured)).length).toBe(20);
    expect(beyond(landscapeOf(measured, { broken })).length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['beyond the border, every third trial survives', 0.8, 16],
    ['on the safe side, nearly all do', 0.4, 6],
  ])('and the best lies %s', (_, best, most) => {
    const gain = (at: Point) => -((at[0]! - best) ** 2);
    let landscape = landscapeOf(
      measured.map(({ at }) => pointOf([...at], gain([...at]))),
      { broken },
    );
    for (let trial = 0; trial < 24; trial++) {
      const { at } = anywhere(landscape, trial + 1);
      landscape = isBeyond(at)
        ? { ...landscape, broken: [at, ...landscape.broken] }
        : landscapeOf([pointOf([...at], gain([...at])), ...landscape.measured], { broken: landscape.broken });
    }
    expect(landscape.broken.length - broken.length).toBeLessThanOrEqual(most);
    expect(Math.abs(landscape.here[0]! - Math.min(best, 0.6))).toBeLessThan(0.01);
  });

  it('no place is ruled out', () => {
    const surrogate = surrogateOf(landscapeOf(measured, { broken }), measured);
    const without = surrogateOf(landscapeOf(measured), measured);
    const crashed = Float64Array.from(broken[0]!);
    const less = without.promise(crashed) - surrogate.promise(crashed);
    expect(less).toBeGreaterThan(Math.log(2));
    expect(less).toBeLessThanOrEqual(Math.log(100) + 1e-9);
  });
});

describe('trials that take ten times as long', () => {
  // The same on both sides but for the time.
  const half = spread(16).map(([x, y]): Point => [x! / 2, y!]);
  const both = half.flatMap(([x, y]): Point[] => [
    [x!, y!],
    [1 - x!, y!],
  ]);
  const gain = ([x = 0, y = 0]: Point) => -((Math.abs(x - 0.5) - 0.25) ** 2 + (y - 0.5) ** 2);
  const timed = (long: number) =>
    both.map((at) => pointOf(at, gain(at), { seconds: at[0]! > 0.5 ? long : 60 }));

  it('need to promise about ten times as much', () => {
    const [fair, unfair] = [timed(60), timed(600)].map((points) => surrogateOf(landscapeOf(points), points));
    for (const y of [0.1, 0.5, 0.9]) {
      const [short, long] = [Float64Array.of(0.2, y), Float64Array.of(0.8, y)];
      expect(fair!.promise(short) - fair!.promise(long)).toBeCloseTo(0, 1);
      const ratio = Math.exp(unfair!.promise(short) - unfair!.promise(long));
      expect(ratio).toBeGreaterThan(6);
      expect(ratio).toBeLessThan(16);
    }
  });

  it('are rarely the next', () => {
    const landscape = landscapeOf(timed(600));
    const long = SEEDS.filter((seed) => anywhere(landscape, seed).at[0]! > 0.5);
    expect(long.length).toBeLessThanOrEqual(1);
  });
});

describe('in a noisy study', () => {
  const NOISE = 0.05;
  const luck: Point = [0.92, 0.08];

  it('the luckiest point is not chased', () => {
    const random = createRandom(5);
    const points = spread(30).map((at) => {
      const noise = NOISE * (random() + random() + random() - 1.5) * 2;
      return pointOf(at, 0.3 * parabola(at) + noise, { error: NOISE });
    });
    const lucky = pointOf(luck, 0.12, { error: NOISE });
    const landscape = landscapeOf([lucky, ...points]);
    expect(landscape.here).toEqual(Float64Array.from(luck));
    for (const seed of SEEDS) expect(distance(anywhere(landscape, seed).at, luck)).toBeGreaterThan(0.3);
    const surrogate = surrogateOf(landscape, landscape.measured);
    expect(surrogate.forecast(Float64Array.from(luck)).gain).toBeLessThan(
      surrogate.forecast(Float64Array.from(BOTTOM)).gain,
    );
  });
});

describe('what is known too little', () => {
  it('is asked about as far as can be from all that was tried, where the author declared the ends', () => {
    const here = Float64Array.of(0, 0);
    const landscape = landscapeOf([pointOf([0, 0], 0)], { here });
    for (const seed of SEEDS) {
      const { at, basis } = anywhere(landscape, seed);
      expect(distance(at, here)).toBeGreaterThan(0.7);
      expect(basis.kind).toBe('far from all');
    }
  });

  it('is left to steps where nobody declared the ends', () => {
    const few = landscapeOf(
      spread(7).map((at) => pointOf(at, parabola(at))),
      { isWhollyDeclared: false },
    );
    expect(placeAnywhere(few, createRandom(1))).toBeUndefined();
    expect(placeNearby(few, 0.4, createRandom(1))).toBeUndefined();
    const more = { ...few, measured: spread(8).map((at) => pointOf(at, parabola(at))) };
    expect(placeAnywhere(more, createRandom(1))).toBeDefined();
    expect(placeNearby(more, 0.4, createRandom(1))).toBeDefined();
  });
});

it('a choice is made by what it gave, and the numbers beside it', () => {
  const word = choiceAxis(choiceSite('a', ['a', 'b', 'c']));
  const axes: Axis[] = [share, word];
  // Of `b` and `c` less was measured, and of `b` better.
  const worth = [0, 0.5, -0.5];
  const points = spread(12).map(([x], index): Point => [x!, [0, 0, 1, 2][index % 4]!]);
  const gain = ([x = 0, choice = 0]: Point) => worth[choice]! - (x - 0.3) ** 2;
  const measured = points.map((at) => pointOf(at, gain(at)));
  for (const seed of SEEDS) {
    const { at } = anywhere(landscapeOf(measured, { axes }), seed);
    expect(at[1]).toBe(1);
    expect(at[0]).toBeGreaterThan(0.1);
    expect(at[0]).toBeLessThan(0.5);
  }
});

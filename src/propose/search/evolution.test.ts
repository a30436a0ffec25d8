import { describe, expect, it } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { choiceSite, numberSite } from '../fixtures/sites.ts';
import { type Axis, choiceAxis, numberAxis } from './axis.ts';
import { drawEvolved } from './evolution.ts';
import type { Landscape } from './landscape.ts';
import { visitedOf } from './visited.ts';

const share = numberAxis(numberSite(0.5, { range: { low: 0, high: 1, scale: 'linear' } }), visitedOf([]));
const word = choiceAxis(choiceSite('a', ['a', 'b', 'c']));

/** Measured points of a bowl with its bottom at 0.2 along every number, drawn by luck, the newest first. */
function bowl(axes: readonly Axis[], count: number, bottom = 0.2): Landscape {
  const random = createRandom(7);
  const here = Float64Array.from(axes, ({ kind }) => (kind === 'choice' ? 1 : 0.5));
  const measured = Array.from({ length: count }, () => {
    const at = Float64Array.from(axes, ({ kind }) =>
      kind === 'choice' ? Math.floor(3 * random()) : random(),
    );
    const gain = -at.reduce(
      (sum, x, axis) => sum + (axes[axis]!.kind === 'choice' ? 0 : (x - bottom) ** 2),
      0,
    );
    return { at, gain, error: 0, seconds: 0 };
  });
  return { axes, here, measured, broken: [], open: [], isWhollyDeclared: true, luck: 'none' };
}

function fromBottom(at: Float64Array): number {
  return Math.hypot(...at.map((x) => x - 0.2));
}

describe('a draw', () => {
  it('needs two numbers, and a generation of points', () => {
    expect(drawEvolved(bowl([share, word], 50), createRandom(1))).toBeUndefined();
    expect(drawEvolved(bowl([word], 50), createRandom(1))).toBeUndefined();
    expect(drawEvolved(bowl([share, share], 5), createRandom(1))).toBeUndefined();
    expect(drawEvolved(bowl([share, share], 6), createRandom(1))).toBeDefined();
  });

  it('comes from around what was better, whoever proposed it', () => {
    const landscape = bowl([share, share], 24);
    const uniform = createRandom(1);
    const distances = Array.from({ length: 200 }, (_, seed) => [
      fromBottom(drawEvolved(landscape, createRandom(seed + 1))!.at),
      fromBottom(Float64Array.of(uniform(), uniform())),
    ]);
    const mean = (which: number) => distances.reduce((sum, pair) => sum + pair[which]!, 0) / 200;
    expect(mean(0)).toBeLessThan(0.7 * mean(1));
  });

  it('goes down to the bottom where what it drew is measured', () => {
    const random = createRandom(1);
    let landscape = bowl([share, share], 6);
    for (let draw = 0; draw < 100; draw++) {
      const { at } = drawEvolved(landscape, random)!;
      const point = { at, gain: -(fromBottom(at) ** 2), error: 0, seconds: 0 };
      landscape = { ...landscape, measured: [point, ...landscape.measured] };
    }
    const { at, resolution } = drawEvolved(landscape, random)!;
    expect(fromBottom(at)).toBeLessThan(0.01);
    expect(resolution).toBeLessThan(1e-4);
  });

  it('moves all numbers at once: none where not every axis is declared', () => {
    expect(
      drawEvolved({ ...bowl([share, share], 24), isWhollyDeclared: false }, createRandom(1)),
    ).toBeUndefined();
  });

  it('leaves the choices as they stand, and lies between the ends', () => {
    const landscape = bowl([share, word, share], 24, 0);
    for (let seed = 1; seed <= 100; seed++) {
      const { at } = drawEvolved(landscape, createRandom(seed))!;
      expect(at[1]).toBe(1);
      for (const axis of [0, 2]) {
        expect(at[axis]).toBeGreaterThanOrEqual(0);
        expect(at[axis]).toBeLessThanOrEqual(1);
      }
    }
  });

  it('is the same by the same luck, and another by another', () => {
    const landscape = bowl([share, share], 24);
    const first = drawEvolved(landscape, createRandom(3));
    expect(drawEvolved(bowl([share, share], 24), createRandom(3))).toEqual(first);
    expect(drawEvolved(landscape, createRandom(4))).not.toEqual(first);
  });

  it('depends on the ranks of the points alone', () => {
    const landscape = bowl([share, share], 24);
    const measured = landscape.measured.map((point) => ({ ...point, gain: -Math.exp(-1e3 * point.gain) }));
    expect(drawEvolved({ ...landscape, measured }, createRandom(3))).toEqual(
      drawEvolved(landscape, createRandom(3)),
    );
  });
});

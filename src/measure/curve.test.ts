import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Curve } from './curve.ts';

function thinned(count: number, limit: number): number[] {
  const curve = new Curve(limit);
  for (let index = 0; index < count; index += 1) curve.add({ progress: index / count, values: { index } });
  return curve.points().map((point) => point.values.index!);
}

test('a curve keeps its first and last point, its order and an even spacing, and never more than its bound', () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.integer({ min: 2, max: 300 }), (count, limit) => {
      const kept = thinned(count, limit);
      expect(kept.length).toBeLessThanOrEqual(limit);
      if (count <= limit - 1) expect(kept).toEqual(Array.from({ length: count }, (_, index) => index));
      if (count === 0) return;
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(count - 1);
      const gaps = kept.slice(1).map((place, index) => place - kept[index]!);
      expect(new Set(gaps.slice(0, -1)).size).toBeLessThanOrEqual(1);
      for (const gap of gaps) expect(gap).toBeGreaterThan(0);
      if (gaps.length > 1) expect(gaps.at(-1)).toBeLessThanOrEqual(gaps[0]!);
    }),
  );
});

test('a long curve fills at least half of its bound', () => {
  expect(thinned(100_000, 256).length).toBeGreaterThanOrEqual(127);
});

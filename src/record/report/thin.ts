import type { ChartPoint } from '../findings/chart.ts';

/** Which points a chart draws. */
export interface Thinned {
  readonly points: readonly ChartPoint[];
  /** Of the points that are no keep, one in so many is drawn: 1 where all are. */
  readonly oneIn: number;
}

/**
 * At most about `most` points: every keep, and of the others each `oneIn`th in the order of the ledger, so that what is left is as dense
 * here and there as all of it was.
 */
export function thin(points: readonly ChartPoint[], most: number): Thinned {
  const others = points.filter(({ verdict }) => verdict !== 'keep').length;
  const room = Math.max(1, most - (points.length - others));
  const oneIn = Math.max(1, Math.ceil(others / room));
  if (oneIn === 1) return { points, oneIn };
  let seen = 0;
  return {
    oneIn,
    points: points.filter(({ verdict }) => {
      if (verdict === 'keep') return true;
      seen += 1;
      return seen % oneIn === 1;
    }),
  };
}

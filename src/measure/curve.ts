import type { CurvePoint } from '../model/trial.ts';

/** How many points of a trial's curve are kept. */
const MAX_CURVE_POINTS = 256;

/**
 * A curve of bounded size that is thinned evenly as it grows: every point, then every second, every fourth, always with the
 * first and the last. Holds between a half and the whole of its bound once it has been thinned.
 */
export class Curve {
  readonly #limit: number;
  #kept: CurvePoint[] = [];
  #last: CurvePoint | undefined;
  #stride = 1;
  #count = 0;

  /** @param limit how many points are kept, at least 2. */
  constructor(limit = MAX_CURVE_POINTS) {
    this.#limit = limit;
  }

  add(point: CurvePoint): void {
    this.#last = point;
    if (this.#count % this.#stride === 0) this.#keep(point);
    this.#count += 1;
  }

  /** The kept points, in the order in which they came. */
  points(): CurvePoint[] {
    const last = this.#kept.at(-1);
    return this.#last === undefined || this.#last === last ? [...this.#kept] : [...this.#kept, this.#last];
  }

  #keep(point: CurvePoint): void {
    // One place is left for the last point.
    if (this.#kept.length < this.#limit - 1) {
      this.#kept.push(point);
      return;
    }
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
    if (this.#count % this.#stride === 0) this.#kept.push(point);
  }
}

import type { NumberSite } from '../sites/site.ts';

/** On which axis a number moves. One unit of an axis is one natural step. */
export type Scale =
  /** Doubling and halving: rates, widths. */
  | { readonly kind: 'log' }
  /** The distance to 1 halves and doubles: 0.9, 0.95, 0.999. */
  | { readonly kind: 'complement' }
  /** One more, one less: few layers. */
  | { readonly kind: 'steps' }
  /** From nothing to something. */
  | { readonly kind: 'zero' }
  /** Eighths of what its author declared. */
  | { readonly kind: 'range'; readonly range: Range };

type Range = NonNullable<NumberSite['range']>;

/** A value that a number could take next. Weight is its share among the moves of its site. */
export interface Candidate {
  readonly value: number;
  readonly weight: number;
  /** One natural step away. */
  readonly isNatural: boolean;
}

type Located = Pick<NumberSite, 'value' | 'whole' | 'continuous' | 'range'>;

/** Whole numbers up to here move by one. */
const FEW = 8;
const NEAR_ONE = 0.8;

/** 1 may become 0.5 where the name says so; 2 heads never become 1.5. */
function staysWhole(site: Located): boolean {
  const { range } = site;
  if (range !== undefined && !(Number.isInteger(range.low) && Number.isInteger(range.high))) return false;
  return site.whole && !(site.continuous && Math.abs(site.value) < 2);
}

export function scaleOf(site: Located): Scale {
  const size = Math.abs(site.value);
  if (site.range !== undefined) return { kind: 'range', range: site.range };
  if (size === 0) return { kind: 'zero' };
  if (staysWhole(site)) return { kind: size <= FEW ? 'steps' : 'log' };
  return { kind: size >= NEAR_ONE && size < 1 ? 'complement' : 'log' };
}

/** Where a value lies on an axis; undefined where it does not lie on it, as 0 on a logarithmic one. */
export function coordinate(scale: Scale, value: number): number | undefined {
  const size = Math.abs(value);
  switch (scale.kind) {
    case 'log':
      return size > 0 ? Math.log2(size) : undefined;
    case 'complement':
      return size < 1 ? -Math.log2(1 - size) : undefined;
    case 'steps':
    case 'zero':
      return size;
    case 'range': {
      const share = shareOf(scale.range, value);
      return share >= 0 && share <= 1 ? PARTS * share : undefined;
    }
    default:
      return scale satisfies never;
  }
}

/** Natural steps from one end of a declared range to the other. */
const PARTS = 8;

function shareOf({ low, high, scale }: Range, value: number): number {
  if (scale === 'log') return Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}

function valueAt({ low, high, scale }: Range, share: number): number {
  return scale === 'log' ? low * (high / low) ** share : low + share * (high - low);
}

/** The value that lies `steps` away, rounded to what a person would write; the sign stays. */
export function moved(site: Located, steps: number, digits = 2): number {
  const scale = scaleOf(site);
  const target = (coordinate(scale, site.value) ?? 0) + steps;
  const sign = site.value < 0 ? -1 : 1;
  switch (scale.kind) {
    case 'log': {
      const size = 2 ** target;
      return (
        sign * (staysWhole(site) ? roundWhole(size, Math.abs(site.value), digits) : roundTo(size, digits))
      );
    }
    case 'complement':
      return sign * exact(1 - roundTo(2 ** -target, digits));
    case 'steps':
    case 'zero':
      return sign * Math.max(0, staysWhole(site) ? Math.round(target) : roundTo(target, digits));
    case 'range': {
      const { low, high } = scale.range;
      const value = valueAt(scale.range, target / PARTS);
      return Math.min(high, Math.max(low, staysWhole(site) ? Math.round(value) : roundTo(value, digits)));
    }
    default:
      return scale satisfies never;
  }
}

function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** 0.95, not 0.9500000000000001. */
function exact(value: number): number {
  return Number(value.toPrecision(14));
}

/** From 96 to 192, as tensors like it; but from 100 to 200, and from 10,000 to 5,000. */
function roundWhole(size: number, present: number, digits: number): number {
  if (present % grainOf(present, 2) !== 0) return Math.max(1, Math.round(roundTo(size, digits)));
  const grain = grainOf(size, digits);
  return Math.max(1, Math.round(size / grain) * grain);
}

/** The smallest step that keeps the first few binary digits of a size. */
function grainOf(size: number, digits: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(size)) - (digits > 2 ? 4 : 2));
}

const CONTINUOUS_STEPS: readonly (readonly [steps: number, weight: number])[] = [
  [1, 1],
  [-1, 1],
  [0.5, 0.3],
  [-0.5, 0.3],
  [2, 0.3],
  [-2, 0.3],
  [0.25, 0.08],
  [-0.25, 0.08],
];
const SMALL_STEPS: typeof CONTINUOUS_STEPS = [
  [1, 1],
  [-1, 1],
  [2, 0.3],
  [-2, 0.3],
];
const FROM_ZERO = [0.1, 0.01, 0.3, 0.03, 0.001, 0.5];
const FROM_ZERO_COUNTS = [1, 2, 4];

/**
 * The values worth a try from here, a random far one among them; the same value may appear twice. The more attempts there
 * were, the farther that one lies, so that values do not run out.
 *
 * @param near of this site, where they are known already
 */
export function candidatesOf(
  site: Located,
  random: () => number,
  attempts = 0,
  near: readonly Candidate[] = nearCandidates(site),
): Candidate[] {
  const far = (random() + random() + random() - 1.5) * (4 + attempts / 4);
  const scale = scaleOf(site);
  switch (scale.kind) {
    case 'zero':
      return [...near, farFromZero(site, random(), attempts), farther(isCount(site) ? 0.1 : 1, 0.1)];
    case 'range':
    case 'log':
    case 'complement':
      return [...near, farther(moved(site, far, 3), 0.1)];
    case 'steps':
      return [...near, farther(moved(site, far), 0.1)];
    default:
      return scale satisfies never;
  }
}

/** Those that luck has no part in. */
export function nearCandidates(site: Located): Candidate[] {
  const scale = scaleOf(site);
  const { value } = site;
  switch (scale.kind) {
    case 'zero':
      return (isCount(site) ? FROM_ZERO_COUNTS : FROM_ZERO).map((size, index) => ({
        value: size,
        weight: 1 / (index + 1),
        isNatural: index === 0,
      }));
    case 'range':
    case 'log':
    case 'complement': {
      const near = CONTINUOUS_STEPS.map(([steps, weight]) => ({
        value: moved(site, steps),
        weight,
        isNatural: Math.abs(steps) === 1,
      }));
      const hasNeighbours = staysWhole(site) && value % 8 !== 0;
      const neighbours = hasNeighbours
        ? [value - 1, value + 1].filter((next) => isWithin(site, next)).map((next) => farther(next, 0.05))
        : [];
      return [...near, ...neighbours];
    }
    case 'steps': {
      const isPower = Math.abs(value) >= 4 && Math.log2(Math.abs(value)) % 1 === 0;
      const near = SMALL_STEPS.map(([steps, weight]) => ({
        value: moved(site, steps),
        weight: isPower ? weight * 0.3 : weight,
        isNatural: !isPower && Math.abs(steps) === 1,
      }));
      const factors = [2, 0.5].map((factor) => ({
        value: Math.round(value * factor),
        weight: isPower ? 1 : 0.3,
        isNatural: isPower,
      }));
      // Where both lead to one value, the likelier comes first and stands.
      return isPower ? [...factors, ...near] : [...near, ...factors];
    }
    default:
      return scale satisfies never;
  }
}

function isWithin({ range }: Located, value: number): boolean {
  return range === undefined || (value >= range.low && value <= range.high);
}

function farther(value: number, weight: number): Candidate {
  return { value, weight, isNatural: false };
}

/** @param luck 0 to 1 */
function farFromZero(site: Located, luck: number, attempts: number): Candidate {
  return isCount(site)
    ? farther(1 + Math.floor(luck * (16 + attempts)), 0.05)
    : farther(roundTo(10 ** (-4 * luck), 2), 0.1);
}

function isCount({ whole, continuous }: Located): boolean {
  return whole && !continuous;
}

/** How a number is written: with an exponent where the present one has it, with a point where it must keep one. */
export function writeNumber(site: Pick<NumberSite, 'text' | 'pointed'>, value: number): string {
  const plain = String(value).replace('e+', 'e');
  const isExponential = /e/i.test(site.text) && Math.abs(value) < 0.1;
  const text = isExponential ? value.toExponential() : plain;
  return site.pointed && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

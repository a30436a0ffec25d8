import type { NumberSite, Site } from '../sites/site.ts';
import type { Visited } from './visited.ts';

/** One direction that a model of the file can move in: a number between two bounds, or a choice. */
export type Axis = NumberAxis | ChoiceAxis;

export interface NumberAxis {
  readonly kind: 'number';
  readonly site: NumberSite;
  readonly scale: AxisScale;
  /** Ends of the axis, on its scale; low < high. */
  readonly low: number;
  readonly high: number;
  /** Whole numbers alone: neither its name nor its range says that it may be more, and no fraction was tried; or those that were broke. */
  readonly isWhole: boolean;
}

export interface ChoiceAxis {
  readonly kind: 'choice';
  readonly site: Extract<Site, { kind: 'choice' }>;
  /** All values, in an order that stays when the present one changes. */
  readonly values: readonly string[];
}

/** How values are laid out on an axis. One unit is about one natural step, except on a linear one. */
type AxisScale =
  | { readonly kind: 'linear' }
  /** Octaves of the size; the sign stays. */
  | { readonly kind: 'log'; readonly sign: 1 | -1 }
  /** Octaves of the distance to 1. */
  | { readonly kind: 'complement' }
  /** Octaves away from 0 in both directions, and linear within `unit` of it. */
  | { readonly kind: 'around zero'; readonly unit: number };

/** A model of more axes than this would know each of them too little. */
export const MOST_AXES = 16;
/** How far from the present value an axis without declared bounds reaches where less was tried, in units of its scale. */
const REACH = 1;
/** Whole numbers up to here move by one. */
const FEW = 8;
const NEAR_ONE = 0.5;
/** What was written for an end may lie this share of the axis beyond it, for want of digits. */
const SLACK = 1e-3;

/** The axis of a number; without a declared range it holds all values that were tried, and a step to both sides of the present one. */
export function numberAxis(site: NumberSite, visited: Visited): NumberAxis {
  const ends = site.range === undefined ? [] : [site.range.low, site.range.high];
  const isWhole = isCount(site, visited) && ends.every(Number.isInteger);
  if (site.range !== undefined) {
    const scale: AxisScale = site.range.scale === 'log' ? { kind: 'log', sign: 1 } : { kind: 'linear' };
    const [low, high] = [onScale(scale, site.range.low)!, onScale(scale, site.range.high)!];
    return { kind: 'number', site, scale, low, high, isWhole };
  }
  const size = Math.abs(site.value);
  const extent = {
    low: Math.min(site.value, visited.low),
    high: Math.max(site.value, visited.high),
    least: size === 0 ? visited.least : Math.min(size, visited.least),
  };
  const scale = scaleFor(isWhole, extent);
  // Scales rise or fall all along, so that the ends of the values are the ends of their places.
  const places = [extent.low, extent.high].map((value) => onScale(scale, value)!);
  const here = onScale(scale, site.value)!;
  const low = Math.min(here - REACH, ...places);
  // On both other scales 0 lies infinitely far.
  const staysPositive = (scale.kind === 'linear' || scale.kind === 'around zero') && extent.low >= 0;
  return {
    kind: 'number',
    site,
    scale,
    isWhole,
    low: staysPositive ? Math.max(0, low) : low,
    high: Math.max(here + REACH, ...places),
  };
}

export function choiceAxis(site: ChoiceAxis['site']): ChoiceAxis {
  return {
    kind: 'choice',
    site,
    values: [site.value, ...site.options.map(({ value }) => value)].toSorted(),
  };
}

function scaleFor(
  isWhole: boolean,
  { low, high, least }: Pick<Visited, 'low' | 'high' | 'least'>,
): AxisScale {
  if (isWhole && Math.max(Math.abs(low), Math.abs(high)) <= FEW) return { kind: 'linear' };
  if (low > 0 || high < 0) {
    const isComplement = !isWhole && low >= NEAR_ONE && high < 1;
    return isComplement ? { kind: 'complement' } : { kind: 'log', sign: low > 0 ? 1 : -1 };
  }
  return { kind: 'around zero', unit: Number.isFinite(least) ? least / 2 : 1 };
}

/** A name like `factor` speaks of fractions; what became of them speaks louder. */
function isCount(site: NumberSite, { fractions }: Visited): boolean {
  return site.whole && (fractions === 'broken' || (fractions === 'none' && !site.continuous));
}

/** Where a value lies on a scale; undefined where it does not lie on it. */
function onScale(scale: AxisScale, value: number): number | undefined {
  switch (scale.kind) {
    case 'linear':
      return value;
    case 'log':
      return value * scale.sign > 0 ? Math.log2(value * scale.sign) : undefined;
    case 'complement':
      return value < 1 ? -Math.log2(1 - value) : undefined;
    case 'around zero':
      return Math.asinh(value / scale.unit) / Math.LN2;
    default:
      return scale satisfies never;
  }
}

function fromScale(scale: AxisScale, place: number): number {
  switch (scale.kind) {
    case 'linear':
      return place;
    case 'log':
      return scale.sign * 2 ** place;
    case 'complement':
      return 1 - 2 ** -place;
    case 'around zero':
      return scale.unit * Math.sinh(place * Math.LN2);
    default:
      return scale satisfies never;
  }
}

/** Where a written value lies on an axis: 0 to 1 of a number's range, or the index of a choice; undefined where it is not on it. */
export function placeOn(axis: Axis, value: string): number | undefined {
  if (axis.kind === 'choice') {
    const index = axis.values.indexOf(value);
    return index === -1 ? undefined : index;
  }
  const place = onScale(axis.scale, Number(value));
  if (place === undefined || !Number.isFinite(place)) return undefined;
  const share = (place - axis.low) / (axis.high - axis.low);
  return share < -SLACK || share > 1 + SLACK ? undefined : Math.min(1, Math.max(0, share));
}

/**
 * The value at a place of an axis, as it is written in an edit.
 *
 * @param resolution of a number, in shares of its range: differences below it do not matter, and digits that only they need are left out
 */
export function valueOn(axis: Axis, place: number, resolution: number): string {
  if (axis.kind === 'choice') return axis.values[Math.round(place)]!;
  const at = (share: number) => fromScale(axis.scale, axis.low + share * (axis.high - axis.low));
  const within = Math.min(1, Math.max(0, place));
  const exact = at(within);
  const { site } = axis;
  if (axis.isWhole) return String(bounded(site, Math.round(exact)));
  const matters = Math.abs(at(within < 0.5 ? within + resolution : within - resolution) - exact);
  return String(bounded(site, roundedTo(exact, matters)));
}

/** The nearest number that a person would write, off by less than half of what matters. */
function roundedTo(value: number, matters: number): number {
  if (!(matters > 0)) return value;
  const digits = Math.min(100, Math.max(0, Math.ceil(-Math.log10(matters))));
  const step = 10 ** -Math.ceil(-Math.log10(matters));
  return digits > 0 ? Number(value.toFixed(digits)) : Math.round(value / step) * step;
}

function bounded({ range }: NumberSite, value: number): number {
  return range === undefined ? value : Math.min(range.high, Math.max(range.low, value));
}

import type { Category } from '../../model/category.ts';
import type { Earning } from './earnings.ts';
import { isByModel, METHODS, type Method } from './method.ts';

/** What a method is taken to gain in its first trials, relative to the mean of all. */
const AT_FIRST: Readonly<Record<Method, number>> = {
  steps: 1,
  pairs: 0.1,
  ablation: 0.1,
  nearby: 1,
  anywhere: 1,
  evolution: 0.1,
};
/** What all but a model is taken to gain less where every site is declared. */
const SPARED = 0.95;
/** What a model is taken to gain where none is, relative to steps. */
const UNDECLARED = 0.2;
/** How many trials of a method's own, or of a category's, weigh as much as what it is taken to gain at first. */
const FIRST_TRIALS = 4;
/** Gained by a study that has not gained yet, so that methods fade by the trials that they took. */
const LEAST_MEAN = 0.02;
/** Of the trials, which every method has however badly it pays: what it is good for may come late. */
const LEAST_SHARE = 0.01;
/** However well a category pays, others stay in sight. */
const MOST_PREFERRED = 4;

/**
 * Shares of the next trial by what each method gained in the time that its trials took, of late.
 *
 * @param declared share of the sites whose author said what they may be, 0 to 1: there a model need not wait for steps to show it
 */
export function sharesOf(earnings: readonly Earning[], declared: number): ReadonlyMap<Method, number> {
  const mean = meanOf(earnings);
  const rates = METHODS.map((method) => {
    const own = earnings.filter((earning) => earning.method === method);
    return { method, rate: rateOf(own, mean * atFirst(method, declared)) };
  });
  const least = LEAST_SHARE * rates.reduce((sum, { rate }) => sum + rate, 0);
  return new Map(rates.map(({ method, rate }) => [method, rate + least]));
}

function atFirst(method: Method, declared: number): number {
  return (
    AT_FIRST[method] * (isByModel(method) ? declared + (1 - declared) * UNDECLARED : 1 - SPARED * declared)
  );
}

/**
 * How much more than usual a category gained in the time that its trials took, of late: a quarter to 4, and 1 where nothing is known. With
 * few experiments an hour each is a whole idea of its category; with many, those that need many tries catch up.
 */
export function preferenceFor(category: Category, earnings: readonly Earning[]): number {
  const mean = meanOf(earnings);
  const own = earnings.filter((earning) => earning.category === category);
  return Math.min(MOST_PREFERRED, Math.max(1 / MOST_PREFERRED, rateOf(own, mean) / mean));
}

/** Gain by time, starting from `expected`. */
function rateOf(earnings: readonly Earning[], expected: number): number {
  return (FIRST_TRIALS * expected + gained(earnings)) / (FIRST_TRIALS + taken(earnings));
}

function meanOf(earnings: readonly Earning[]): number {
  return LEAST_MEAN + gained(earnings) / Math.max(1, taken(earnings));
}

function gained(earnings: readonly Earning[]): number {
  return earnings.reduce((sum, { worth, weight }) => sum + worth * weight, 0);
}

function taken(earnings: readonly Earning[]): number {
  return earnings.reduce((sum, { time, weight }) => sum + time * weight, 0);
}

/** Experiments on numbers without a keep that make a plateau. */
const PLATEAU = 20;

/**
 * How many experiments moved numbers alone since the last keep, where there are so many that turning them further is idle, and more than those that
 * tried the structure since then; otherwise 0.
 */
export function plateauOf(earnings: readonly Earning[]): number {
  const lastKeep = earnings.findIndex(({ worth }) => worth > 0);
  const since = lastKeep === -1 ? earnings : earnings.slice(0, lastKeep);
  const numbers = since.filter(({ moved }) => moved === 'numbers').length;
  return numbers >= PLATEAU && numbers > since.length / 2 ? numbers : 0;
}

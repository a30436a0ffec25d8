import { InvalidArgumentError } from 'commander';
import { parseDuration, parseTrialBudget } from '../lab/units.ts';
import type { TrialBudget } from '../model/limit.ts';

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 up.');
  return Number(text);
}

/** A seed: a whole number below 2^31. */
export function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 31) {
    throw new InvalidArgumentError('Write a whole number from 0 to 2147483647.');
  }
  return Number(text);
}

/** Seconds of a duration such as `8h`. */
export function parseTime(text: string): number {
  const quantity = parseDuration(text);
  if (quantity.kind === 'value') return quantity.value;
  throw new InvalidArgumentError(`${quantity.problem}; ${quantity.mend}.`);
}

/** A trial budget such as `20s` or `20s cpu`. */
export function parseBudget(text: string): TrialBudget {
  const quantity = parseTrialBudget(text);
  if (quantity.kind === 'value') return quantity.value;
  throw new InvalidArgumentError(`${quantity.problem}; ${quantity.mend}.`);
}

import { InvalidArgumentError } from 'commander';
import { counted } from '../lab/numbers.ts';
import { parseDollars, parseDuration, parseTrialBudget } from '../lab/units.ts';
import type { TrialBudget } from '../model/limit.ts';

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 up.');
  return Number(text);
}

/** A port of TCP; 0 lets the system choose one. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Write a number from 0 to 65535.');
  return Number(text);
}

/** Beyond that a machine spends its time on keeping processes apart. */
const MOST_SLOTS = 256;

/** Trials at a time, 1 to 256. */
export function parseSlots(text: string): number {
  const slots = parseCount(text);
  if (slots > MOST_SLOTS) throw new InvalidArgumentError(`Write a whole number from 1 to ${MOST_SLOTS}.`);
  return slots;
}

/** What to know of more slots than there are cores; undefined where each trial has its own. */
export function crowdWarning(slots: number, cores: number): string | undefined {
  if (slots <= cores) return undefined;
  const [many, few] = [counted(slots, 'slot'), counted(cores, 'core')];
  return `${many} on ${few}: trials will share cores, and wall-clock budgets mean less`;
}

/** A seed: a whole number below 2^31. */
export function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 31) {
    throw new InvalidArgumentError('Write a whole number from 0 to 2147483647.');
  }
  return Number(text);
}

/** Seconds of a duration such as `8h`, above 0. */
export function parseTime(text: string): number {
  const quantity = parseDuration(text);
  if (quantity.kind === 'problem') {
    throw new InvalidArgumentError(`${quantity.problem}; ${quantity.mend}.`);
  }
  if (quantity.value === 0)
    throw new InvalidArgumentError('Write a duration above 0, such as `8h` or `30m`.');
  return quantity.value;
}

/** Dollars of an amount such as `$5`. */
export function parseCost(text: string): number {
  const quantity = parseDollars(text.startsWith('$') ? text : `$${text}`);
  if (quantity.kind === 'value') return quantity.value;
  throw new InvalidArgumentError(`${quantity.problem}; ${quantity.mend}.`);
}

/** A trial budget such as `20s` or `20s cpu`. */
export function parseBudget(text: string): TrialBudget {
  const quantity = parseTrialBudget(text);
  if (quantity.kind === 'value') return quantity.value;
  throw new InvalidArgumentError(`${quantity.problem}; ${quantity.mend}.`);
}

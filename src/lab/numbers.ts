import type { Objective } from '../model/objective.ts';
import { formatDuration } from './units.ts';

/** Digits after the point, however small the smallest effect is. */
const MOST_DECIMALS = 10;

/**
 * Digits after the point for values of an objective: so many that rounding hides at most a quarter of the smallest
 * effect that matters. Where every effect matters: six digits that count, at the size of `typical`.
 */
export function decimalsFor(objective: Objective, typical: number): number {
  const { minimumEffect } = objective;
  const wanted =
    minimumEffect > 0
      ? Math.ceil(-Math.log10(minimumEffect / 2))
      : 5 - Math.floor(Math.log10(Math.abs(typical) || 1));
  return Math.min(MOST_DECIMALS, Math.max(0, wanted));
}

/** A value in the metric's unit: `2.3121`. Past a billion, in powers of ten. */
export function formatValue(value: number, decimals: number): string {
  // What rounds to nothing has no sign.
  return Math.abs(value) < 1e9 ? value.toFixed(decimals).replace(/^-(?=[0.]*$)/, '') : value.toExponential(6);
}

/** A difference of two values, always with its sign: `-0.0213`, `+0.0000`. */
export function formatDelta(delta: number, decimals: number): string {
  const text = formatValue(Math.abs(delta), decimals);
  return delta < 0 ? `-${text}` : `+${text}`;
}

/** How far `to` is from `from`, in percent of `from`: `-3.71%`. Undefined where `from` is 0. */
export function formatPercent(from: number, to: number): string | undefined {
  if (from === 0) return undefined;
  const percent = ((to - from) / Math.abs(from)) * 100;
  const digits = Math.abs(percent) < 10 ? 2 : Math.abs(percent) < 100 ? 1 : 0;
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(digits)}%`;
}

/** A duration at a glance: past an hour its seconds are left out. `1h48m`. */
export function formatRoughly(seconds: number): string {
  return formatDuration(seconds < 3600 ? Math.round(seconds) : Math.round(seconds / 60) * 60);
}

/** `1 slot`, `2 slots`. `what` is one of them, in words whose plural ends in s. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `bits/byte` as it follows a number: with a space, none before `%`, nothing where there is no unit. */
export function withUnit(number: string, unit: string): string {
  if (unit === '') return number;
  return unit === '%' ? `${number}%` : `${number} ${unit}`;
}

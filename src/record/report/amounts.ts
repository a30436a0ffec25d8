import { decimalsFor, formatDelta, formatRoughly, formatValue, withUnit } from '../../lab/numbers.ts';
import type { Objective } from '../../model/objective.ts';
import type { KnownEffect } from '../../model/stack-report.ts';
import { oneLine } from '../../process/one-line.ts';

/** How the numbers of one study are written, all with the same digits so that they can be compared at a glance. */
export interface Amounts {
  /** ` (bits/byte)`, or nothing: for the head of a column. */
  readonly unit: string;
  readonly value: (value: number) => string;
  readonly valueWithUnit: (value: number) => string;
  /** With its sign; positive is better. */
  readonly gain: (gain: number) => string;
  readonly gainWithUnit: (gain: number) => string;
  /** `+0.0100 to +0.0300`; nothing where there is no interval. */
  readonly interval: (effect: KnownEffect) => string;
}

/** @param typical a value or gain of the size that is shown */
export function amountsOf(objective: Objective, typical: number): Amounts {
  const decimals = decimalsFor(objective, typical);
  const unit = oneLine(objective.unit);
  const value = (number: number) => formatValue(number, decimals);
  const gain = (number: number) => formatDelta(number, decimals);
  return {
    unit: unit === '' ? '' : ` (${unit})`,
    value,
    valueWithUnit: (number) => withUnit(value(number), unit),
    gain,
    gainWithUnit: (number) => withUnit(gain(number), unit),
    interval: ({ interval }) =>
      interval === undefined ? '' : `${gain(interval.low)} to ${gain(interval.high)}`,
  };
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

/** Two digits that count: for what nobody knows better. */
export function rough(value: number): string {
  return String(Number(value.toPrecision(2)));
}

export function seconds(amount: number): string {
  return formatRoughly(amount);
}

/** `2026-11-21 22:00 UTC`. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

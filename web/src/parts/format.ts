import type { Overview } from '../../../src/serve/page/wire.ts';

type Objective = Overview['objective'];

/** A true minus sign is as wide as a plus, so that columns stay in line. */
const MINUS = '\u2212';
/** A space that keeps a number and its unit on one line. */
const TIGHT = '\u00a0';

const signed = (text: string) => text.replace(/^-/, MINUS);

/** A value in the metric's unit, without the unit. Past a billion, in powers of ten. */
export function value(objective: Objective, number: number): string {
  const text =
    Math.abs(number) < 1e9 ? number.toFixed(objective.decimals) : number.toExponential(objective.decimals);
  // What rounds to nothing has no sign.
  return signed(text.replace(/^-(?=[0.]*$)/, ''));
}

export function unit({ unit: text }: Objective): string {
  if (text === '') return '';
  return text === '%' ? '%' : TIGHT + text;
}

export function withUnit(objective: Objective, number: number): string {
  return value(objective, number) + unit(objective);
}

/** A gain, which is positive where better, with its sign. */
export function gain(objective: Objective, number: number): string {
  const text = value(objective, Math.abs(number));
  return (number < 0 ? MINUS : '+') + text;
}

export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}%`;
}

/** `47s`, `12m`, `3h 20m`, `4d 6h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h${minutes % 60 ? ` ${minutes % 60}m` : ''}`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d${hours % 24 ? ` ${hours % 24}h` : ''}`;
}

/** Compute: seconds of a processor at work. */
export function compute(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)}${TIGHT}core-s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)}${TIGHT}core-min`;
  return `${(seconds / 3600).toFixed(1)}${TIGHT}core-h`;
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = count < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  const amount = count / 1024 ** power;
  return `${power === 0 || amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)}${TIGHT}${units[power]}`;
}

/** `1 experiment`, `2,048 experiments`. */
export function counted(count: number, what: string): string {
  return `${whole(count)}${TIGHT}${what}${count === 1 ? '' : 's'}`;
}

export function whole(count: number): string {
  return count.toLocaleString('en');
}

/** A rate: two digits below ten. */
export function rate(perHour: number): string {
  return perHour < 10 ? perHour.toFixed(1) : whole(Math.round(perHour));
}

const clockFormat = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function clock(at: number): string {
  return clockFormat.format(at);
}

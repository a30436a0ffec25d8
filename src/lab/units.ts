import type { TrialBudget } from '../model/limit.ts';

/** What a text with a unit came to, or why it is none and what to write instead. */
export type Quantity<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'problem'; readonly problem: string; readonly mend: string };

/** Largest unit first: the order in which a duration names them. */
const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
];

const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The longest duration that is read: a year, in seconds. */
const LONGEST = 365 * 86_400;

const BARE_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_A_QUANTITY = { kind: 'problem' } as const;

/** Reads `20s`, `90 s`, `5m`, `8h`, `1h30m`, `2d`, `250ms`. In seconds, 0 to a year. A number alone has no meaning. */
export function parseDuration(text: string): Quantity<number> {
  const trimmed = text.trim();
  if (BARE_NUMBER.test(trimmed)) return withoutUnit(trimmed);
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|[dhms])(?![a-z])\s*/gi)];
  const covered = parts.map((part) => part[0]).join('');
  if (parts.length === 0 || covered !== trimmed) return notADuration(text);
  let seconds = 0;
  let last = -1;
  for (const [, amount = '', name = ''] of parts) {
    const unit = name.toLowerCase() === 'min' ? 'm' : name.toLowerCase();
    const index = SECONDS.findIndex(([known]) => known === unit);
    const [, length = 0] = SECONDS[index] ?? [];
    if (index <= last) return notADuration(text);
    seconds += Number(amount) * length;
    last = index;
  }
  if (seconds > LONGEST) {
    return { ...NOT_A_QUANTITY, problem: `\`${trimmed}\` is more than a year`, mend: 'write `365d` or less' };
  }
  return { kind: 'value', value: Math.round(seconds * 1e6) / 1e6 };
}

/** Reads what bounds one trial: `20s` of wall time, or `20s cpu` of processor time. Above 0. */
export function parseTrialBudget(text: string): Quantity<TrialBudget> {
  const cpu = /^(.*\S)\s+cpu\s*$/is.exec(text);
  const duration = parseDuration(cpu?.[1] ?? text);
  if (duration.kind === 'problem') {
    return cpu === null ? duration : { ...duration, mend: duration.mend.replace(/`$/, ' cpu`') };
  }
  if (duration.value === 0) {
    return { ...NOT_A_QUANTITY, problem: 'a trial of no time at all measures nothing', mend: 'write `20s`' };
  }
  return { kind: 'value', value: { clock: cpu === null ? 'wall' : 'cpu', seconds: duration.value } };
}

/** Reads `2GiB`, `512 MB`, `100kB`. In whole bytes, above 0. */
export function parseBytes(text: string): Quantity<number> {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const size = BYTES[unit.toLowerCase()];
  if (amount !== '' && unit === '') {
    return {
      ...NOT_A_QUANTITY,
      problem: `\`${amount}\` has no unit`,
      mend: `write \`${amount}GiB\` or \`${amount}MiB\``,
    };
  }
  const bytes = size === undefined ? Number.NaN : Math.round(Number(amount) * size);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return { kind: 'value', value: bytes };
  return {
    ...NOT_A_QUANTITY,
    problem: `\`${text}\` is no amount of memory`,
    mend: 'write `2GiB` or `512MB`',
  };
}

/** Reads `$5` and `$0.50`. In dollars, above 0. */
export function parseDollars(text: string): Quantity<number> {
  const trimmed = text.trim();
  const [, amount] = /^\$\s*(\d+(?:\.\d+)?)$/.exec(trimmed) ?? [];
  const dollars = Number(amount);
  if (amount !== undefined && dollars > 0 && Number.isFinite(dollars)) {
    return { kind: 'value', value: dollars };
  }
  const mend = BARE_NUMBER.test(trimmed) && Number(trimmed) > 0 ? `write \`$${trimmed}\`` : 'write `$5`';
  return { ...NOT_A_QUANTITY, problem: `\`${text}\` is no amount of money`, mend };
}

/**
 * `250ms`, `4.5s`, `1m30s`, `1h`, `2d3h`. Exact for whole seconds, else to a millisecond below one second, to a tenth
 * below a minute, to a second above.
 */
export function formatDuration(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds}ms`;
  const tenths = Math.round(seconds * 10) / 10;
  if (tenths < 60) return `${tenths}s`;
  let rest = Math.round(seconds);
  let text = '';
  for (const [unit, length] of SECONDS.slice(0, 4)) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}

/** `20s`, or `20s cpu`. */
export function formatTrialBudget(budget: TrialBudget): string {
  return budget.clock === 'cpu' ? `${formatDuration(budget.seconds)} cpu` : formatDuration(budget.seconds);
}

/** `900 B`, `512 MiB`, `1.9 GiB`: three digits that count. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let step = 0;
  while (value >= 1023.5 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${units[step]}`;
}

/** `$5`, `$0.50`: to the cent. */
export function formatDollars(dollars: number): string {
  return Number.isInteger(dollars) ? `$${dollars}` : `$${dollars.toFixed(2)}`;
}

function withoutUnit(text: string): Quantity<never> {
  const negative = text.startsWith('-');
  const mend = negative ? 'write `20s`' : `write \`${text.replace(/^\+/, '')}s\``;
  return { ...NOT_A_QUANTITY, problem: `\`${text}\` is a number without a unit of time`, mend };
}

function notADuration(text: string): Quantity<never> {
  return {
    ...NOT_A_QUANTITY,
    problem: `\`${text}\` is no duration`,
    mend: 'write `20s`, `5m`, `8h` or `1h30m`',
  };
}

import { BOUNDS } from '../model/bound.ts';
import { isMetricName, PROGRESS } from '../model/metric.ts';
import type { CurvePoint } from '../model/trial.ts';
import { printable } from '../process/printable.ts';

/** A plain decimal number: no hexadecimal, no separators, no name. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const PRINTED = /^([^:]{1,64}):(.*)$/;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;
/** How much of a value is repeated in a message, in characters. */
const MAX_QUOTE = 40;

/** A value as it was written: a finite number, or what stands in its place. */
export type Written =
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

/** One line of the file named in RATCHET_METRICS. */
export type MetricLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'progress'; readonly point: CurvePoint }
  | { readonly kind: 'final'; readonly values: ReadonlyMap<string, Written> }
  | { readonly kind: 'malformed'; readonly reason: string };

/** A stranger's text as it stands in a message: short, between quotation marks, and safe to print. */
export function quote(text: string): string {
  const shown = printable(text);
  return JSON.stringify(shown.length > MAX_QUOTE ? `${shown.slice(0, MAX_QUOTE)}…` : shown);
}

function written(text: string, value: unknown): Written {
  const finite = typeof value === 'number' && Number.isFinite(value);
  return finite ? { kind: 'number', value, text } : { kind: 'other', text: text.slice(0, MAX_QUOTE) };
}

/** The names of an object's own members, as often as they are written: JSON.parse keeps the last of two and tells nobody. */
function memberNames(json: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of json.matchAll(JSON_TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1) names.push(JSON.parse(last));
    last = token;
  }
  return names;
}

/**
 * Reads one JSON line. With "progress" (0 to 1) it is a point of the curve, whose other finite numbers are its values;
 * without, it holds final values. A name written twice in one line makes the line malformed.
 */
export function parseMetricLine(line: string): MetricLine {
  if (line.trim() === '') return { kind: 'blank' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { kind: 'malformed', reason: `${quote(line)} is not JSON (NaN and Infinity are not)` };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { kind: 'malformed', reason: `${quote(line)} is not a JSON object` };
  }
  const names = memberNames(line);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined)
    return { kind: 'malformed', reason: `${quote(doubled)} stands twice in one line` };

  const values = new Map<string, Written>();
  for (const [name, value] of Object.entries(parsed)) {
    if (isMetricName(name)) values.set(name, written(JSON.stringify(value), value));
  }
  const progress = values.get(PROGRESS);
  if (progress === undefined) return { kind: 'final', values };
  if (progress.kind === 'other' || progress.value < 0 || progress.value > 1) {
    return { kind: 'malformed', reason: `progress is ${quote(progress.text)}, not a number from 0 to 1` };
  }
  values.delete(PROGRESS);
  return { kind: 'progress', point: { progress: progress.value, values: numbersOf(values) } };
}

/** The finite numbers among values, as many as one point may hold. */
function numbersOf(values: ReadonlyMap<string, Written>): Record<string, number> {
  const numbers = [...values].flatMap(([name, value]) =>
    value.kind === 'number' ? [[name, value.value] as const] : [],
  );
  return Object.fromEntries(numbers.slice(0, BOUNDS.metrics));
}

/** A `name: value` line of standard output; undefined for any other line. */
export function parsePrintedLine(
  line: string,
): { readonly name: string; readonly written: Written } | undefined {
  const match = PRINTED.exec(line);
  const name = match?.[1];
  if (name === undefined || !isMetricName(name)) return undefined;
  const text = match?.[2]?.trim() ?? '';
  return { name, written: written(text, NUMBER.test(text) ? Number(text) : undefined) };
}

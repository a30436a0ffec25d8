import { extensionOf } from '../syntax/language.ts';
import { isContinuous, isLeftAlone } from './category.ts';
import type { Value } from './values.ts';

/** A value in a file that is not read as a syntax tree. */
export interface PlainValue {
  readonly name: string;
  readonly value: Value;
  readonly start: number;
  readonly end: number;
}

/** Files made of names and values. Prose and markup are not: a number in a sentence is no setting. */
const EXTENSIONS = new Set([
  'json',
  'jsonc',
  'json5',
  'yaml',
  'yml',
  'toml',
  'ini',
  'cfg',
  'conf',
  'env',
  'properties',
  'css',
  'scss',
  'less',
]);

const NAMED_VALUE =
  /(?<![\w.-])(["']?)(?<name>-{0,2}[A-Za-z_][\w.-]*)\1[ \t]*[:=][ \t]*(?<value>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|true|false)(?=(?:%|[a-z]{1,4})?[ \t]*(?:[,;}\]#\r\n]|\/\*|\/\/|$))/dg;

/** At most this many: what holds more is data. */
const MOST_VALUES = 500;

export function plainValues(path: string, text: string): PlainValue[] {
  if (!EXTENSIONS.has(extensionOf(path))) return [];
  const values: PlainValue[] = [];
  for (const match of text.matchAll(NAMED_VALUE)) {
    if (values.length === MOST_VALUES) break;
    const { name, value } = match.groups as { name: string; value: string };
    const [start, end] = match.indices!.groups!.value!;
    if (isLeftAlone(name)) continue;
    values.push({ name, value: plainValue(name, value), start, end });
  }
  return values;
}

function plainValue(name: string, text: string): Value {
  if (text === 'true' || text === 'false') {
    const other = text === 'true' ? 'false' : 'true';
    return { kind: 'choice', value: text, options: [{ value: other, text: other }] };
  }
  const whole = /^-?\d+$/.test(text);
  return { kind: 'number', value: Number(text), text, whole, continuous: isContinuous(name), pointed: false };
}

import { extensionOf } from '../syntax/language.ts';
import { isContinuous, isLeftAlone } from './category.ts';
import { alternativesAt, type Directives, directivesOf, type Span } from './directives.ts';
import { choiceAmong, type Value } from './values.ts';

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

export function plainValues(path: string, text: string, directives: Directives): PlainValue[] {
  if (!isPlain(path)) return [];
  const { comments } = directives;
  const values: PlainValue[] = [];
  const found = [...text.matchAll(NAMED_VALUE), ...(comments.length > 0 ? text.matchAll(NAMED_WORD) : [])];
  for (const match of found.sort((a, b) => a.index - b.index)) {
    if (values.length === MOST_VALUES) break;
    const { name, value } = match.groups as { name: string; value: string };
    const [start, end] = match.indices!.groups!.value!;
    if (isLeftAlone(name) || comments.some((comment) => comment.start <= start && start < comment.end))
      continue;
    const read = plainValue(name, value, alternativesAt(directives, text, start));
    if (read !== undefined) values.push({ name, value: read, start, end });
  }
  return values;
}

function isPlain(path: string): boolean {
  return EXTENSIONS.has(extensionOf(path));
}

/** A word that is a value only where a comment names its alternatives. */
const NAMED_WORD =
  /(?<![\w.-])(["']?)(?<name>-{0,2}[A-Za-z_][\w.-]*)\1[ \t]*[:=][ \t]*(?<value>"[^"\n]*"|'[^'\n]*'|(?!(?:true|false)\b)[A-Za-z_][\w.+/-]*)(?=[ \t]*(?:[,;}\]#\r\n]|\/\*|\/\/|$))/dg;

/** How a comment opens, by the extension; JSON has none. */
const COMMENTS: readonly (readonly [extensions: RegExp, comment: RegExp])[] = [
  [/^(jsonc|json5|scss|less)$/, /\/\*.*?\*\/|\/\/[^\n]*/gs],
  [/^css$/, /\/\*.*?\*\//gs],
  [/^(yaml|yml|toml|env)$/, /(?<=^|\s)#[^\n]*/g],
  [/^(ini|cfg|conf|properties)$/, /(?<=^|\s)[#;!][^\n]*/g],
];

/** What the comments of a file that is not read as a syntax tree say. */
export function plainDirectives(path: string, text: string): Directives {
  const extension = extensionOf(path);
  const pattern = COMMENTS.find(([extensions]) => extensions.test(extension))?.[1];
  const comments: Span[] = [];
  // Most files have none of these comments, and need not be looked through.
  if (pattern !== undefined && text.includes('ratchet:')) {
    for (const match of text.matchAll(pattern))
      comments.push({ start: match.index, end: match.index + match[0].length });
  }
  return directivesOf(text, comments);
}

function plainValue(name: string, text: string, said: readonly string[] | undefined): Value | undefined {
  if (text === 'true' || text === 'false') {
    const other = text === 'true' ? 'false' : 'true';
    return { kind: 'choice', value: text, options: [{ value: other, text: other }] };
  }
  const isBare = /^[A-Za-z_]/.test(text);
  if (isBare) return said && bareChoice(said, text);
  const choice = said && choiceAmong(said, text);
  if (choice !== undefined || /^["']/.test(text)) return choice;
  const whole = /^-?\d+$/.test(text);
  return { kind: 'number', value: Number(text), text, whole, continuous: isContinuous(name), pointed: false };
}

/** `activation: gelu` of YAML: what has no quotes is written without. */
function bareChoice(said: readonly string[], present: string): Value | undefined {
  const words = said.map((literal) => literal.replace(/^(['"])(.*)\1$/, '$2'));
  const others = words.filter((word) => word !== present && /^[A-Za-z_][\w.+/-]*$/.test(word));
  return words.includes(present) && others.length > 0
    ? { kind: 'choice', value: present, options: others.map((word) => ({ value: word, text: word })) }
    : undefined;
}

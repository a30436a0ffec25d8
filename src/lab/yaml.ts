import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { Mistake } from './mistake.ts';

export type Path = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** YAML as plain values that know where they stand. */
export type PlacedValues =
  | {
      readonly kind: 'values';
      readonly values: Readonly<Record<string, unknown>>;
      /** Keys that appear twice: the values are still worth a look. */
      readonly mistakes: readonly Mistake[];
      /** Where the key or the list entry stands; of its nearest parent, or the line before the first, where it does not exist. */
      readonly locate: (path: Path) => Position;
    }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] };

/** Reads YAML whose first line is line `firstLine` of its file. Aliases and tags of one's own are refused. */
export function readYaml(text: string, firstLine: number): PlacedValues {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: line + firstLine - 1, column: col };
  };
  const duplicates = document.errors.filter((error) => error.code === 'DUPLICATE_KEY');
  const broken = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  const mistakes = [
    ...broken.map((error) => syntaxMistake(error, document, text, place)),
    ...duplicates.map((error) => duplicateMistake(error, text, place)),
    ...unreadableMistakes(document, place),
  ];
  if (mistakes.length > duplicates.length) return { kind: 'mistakes', mistakes: oneALine(mistakes) };
  const values: unknown = document.toJS();
  if (values !== null && !isMap(document.contents)) {
    const problem = 'the front matter holds no keys';
    const mend = 'write one `key: value` a line, such as `objective: val_bpb`';
    return { kind: 'mistakes', mistakes: [{ line: firstLine, problem, mend }] };
  }
  const locate = (path: Path): Position => {
    const offset = offsetOf(document, path);
    return offset === undefined ? { line: firstLine - 1, column: 1 } : place(offset);
  };
  return { kind: 'values', values: Object.fromEntries(Object.entries(values ?? {})), mistakes, locate };
}

function offsetOf(document: Document, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (!isCollection(node)) return offset;
    const items: readonly unknown[] = node.items;
    const item = typeof step === 'number' ? items[step] : items.findLast((pair) => hasKey(pair, step));
    if (item === undefined) return offset;
    const named: unknown = isPair(item) ? item.key : item;
    offset = (isNode(named) ? named.range?.[0] : undefined) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}

function hasKey(item: unknown, key: string): boolean {
  return isPair(item) && isScalar(item.key) && String(item.key.value) === key;
}

type Place = (offset: number) => Position;

function syntaxMistake(error: YAMLParseError, document: Document, text: string, place: Place): Mistake {
  const unended = error.code === 'MISSING_CHAR' || /\bend with\b/.test(error.message);
  const position = place((unended ? openingBefore(document, error.pos[0]) : undefined) ?? error.pos[0]);
  const line = lineAt(text, error.pos[0]);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { ...position, problem: 'a tab indents this line', mend: 'indent with spaces' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      if (/^\s*[\w.-]+:.*:\s/.test(line)) {
        return { ...position, problem: 'this is no YAML value', mend: quoted(line) };
      }
      return {
        ...position,
        problem: 'this line and the next do not line up',
        mend: `indent line ${position.line + 1} as line ${position.line}`,
      };
    case 'BAD_SCALAR_START':
      return { ...position, problem: 'this is no YAML value', mend: quoted(line) };
    default:
      if (!unended) return { ...position, problem: `this is no YAML: ${error.message}`, mend: quoted(line) };
      return {
        ...position,
        problem: 'the quote or bracket that opens here is never closed',
        mend: 'close it on the same line',
      };
  }
}

/** Where the last quoted text or bracket before the offset opens. */
function openingBefore(document: Document, offset: number): number | undefined {
  let opening: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const start = node.range?.[0];
      const quotedText = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
      const opens = quotedText || (isCollection(node) && node.flow === true);
      if (opens && start !== undefined && start < offset) opening = start;
    },
  });
  return opening;
}

function quoted(line: string): string {
  const [, key, value] = /^\s*([\w.-]+):\s+([^\s[{"'].*?)\s*$/.exec(line) ?? [];
  if (key === undefined || value === undefined) return 'write one `key: value` a line, indented alike';
  const quote = value.includes("'") ? '"' : "'";
  return `write \`${key}: ${quote}${value}${quote}\``;
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? text.length : end);
}

function duplicateMistake(error: YAMLParseError, text: string, place: Place): Mistake {
  const [key = 'this key'] = text.slice(error.pos[0]).match(/^[\w.-]+/) ?? [];
  return {
    ...place(error.pos[0]),
    problem: `\`${key}\` is here a second time`,
    mend: 'delete one of the two',
  };
}

function unreadableMistakes(document: Document, place: Place): Mistake[] {
  const mistakes: Mistake[] = [];
  visit(document, {
    Node: (_, node) => {
      const problem = unreadable(node);
      if (problem === undefined) return;
      mistakes.push({
        ...place(node.range?.[0] ?? 0),
        problem: `${problem}, which is not read here`,
        mend: isAlias(node) || node.tag !== undefined ? 'write the value itself' : 'choose another name',
      });
    },
  });
  return mistakes;
}

/** What YAML allows and no program needs; `__proto__` is no key of plain values. */
function unreadable(node: Node): string | undefined {
  if (isAlias(node)) return `\`*${node.source}\` is an alias`;
  if (isScalar(node) && node.value === '__proto__') return '`__proto__` is a name of JavaScript';
  if (node.tag === undefined || node.tag.startsWith('tag:yaml.org')) return undefined;
  return `\`${node.tag}\` is a tag`;
}

/** The parser often finds the same slip twice. */
function oneALine(mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.filter(
    (mistake, index) => mistakes.findIndex((other) => other.line === mistake.line) === index,
  );
}

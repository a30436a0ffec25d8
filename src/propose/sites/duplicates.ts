import { around, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import type { DeclaredTypes } from './alternatives.ts';
import { fingerprint, isFunction, placeOf } from './place.ts';
import { isRemovable } from './removals.ts';
import { excerptOf, type NumberSite, type Option } from './site.ts';
import { valueAt, valueNode } from './values.ts';

/** A statement that can stand twice in a row: how, and what is then written in its place. */
export interface Duplicate {
  readonly excerpt: string;
  readonly options: readonly Option[];
  readonly start: number;
  readonly end: number;
}

/** Characters. Longer code is not one step. */
const LONGEST_STATEMENT = 300;
/** What must happen once: a second time it fails, or counts twice. */
const ONCE = /\b(backward|register_\w+|add_module|compile|close|exit|resolve|reject|seed|manual_seed)\s*\(/;
const COUNTS = /^[\w.[\]]+\s*(\+|-)=\s*1;?$/;

/**
 * A statement of a function that transforms something: `x = f(x)`, `x *= 0.5`, a bare call. Where it holds a number
 * the copy may have half of it, or twice as much. What stands twice already is not offered again, so that nothing
 * grows without end.
 */
export function duplicateAt(declared: DeclaredTypes, statement: SyntaxNode): Duplicate | undefined {
  const { tree } = declared;
  if (statement.type !== 'expression_statement' || !isRemovable(tree, statement)) return undefined;
  const text = textOf(tree, statement);
  const isStep = statement.children[0]?.type !== 'update_expression' && !COUNTS.test(text);
  const fits = text.length <= LONGEST_STATEMENT && [...around(statement)].some(isFunction);
  // A line that starts like this would go on from the one before it.
  const isOpen = /^[([`+\-/*]/.test(text);
  if (!isStep || !fits || isOpen || ONCE.test(text) || standsTwice(tree, statement)) return undefined;
  const join = joint(tree, statement);
  const options = [{ value: 'twice', text: text + join + text }];
  for (const { name, copy } of variations(declared, statement))
    options.push({ value: name, text: text + join + copy });
  return { excerpt: excerptOf(text), options, start: statement.start, end: statement.end };
}

function standsTwice(tree: SyntaxTree, statement: SyntaxNode): boolean {
  const block = statement.parent?.children.filter(({ type }) => type !== 'comment') ?? [];
  const index = block.indexOf(statement);
  const own = fingerprint(tree, statement);
  return [block[index - 1], block[index + 1]].some(
    (other) => other?.type === statement.type && fingerprint(tree, other) === own,
  );
}

/** What stands between a statement and its copy. */
function joint(tree: SyntaxTree, statement: SyntaxNode): string {
  const lineStart = tree.text.lastIndexOf('\n', statement.start - 1) + 1;
  const indent = tree.text.slice(lineStart, statement.start);
  if (indent.trim() === '') return `\n${indent}`;
  return tree.text[statement.end - 1] === ';' ? ' ' : '; ';
}

/** Whole numbers up to here are mostly axes, signs and counts: half of them is nonsense. */
const PLAIN = 4;

/** Copies with the first number that is a quantity halved or doubled. */
function variations(declared: DeclaredTypes, statement: SyntaxNode): { name: string; copy: string }[] {
  const { tree } = declared;
  const text = textOf(tree, statement);
  for (const node of inOrder(statement)) {
    const target = valueNode(tree, node);
    const value = target && valueAt(declared, target, placeOf(tree, target));
    if (target === undefined || value?.kind !== 'number') continue;
    if (value.whole && !value.continuous && Math.abs(value.value) <= PLAIN) continue;
    return [
      { name: 'twice-half', by: 0.5 },
      { name: 'twice-double', by: 2 },
    ].flatMap(({ name, by }) => {
      const written = scaled(value, by);
      const before = text.slice(0, target.start - statement.start);
      return written === undefined
        ? []
        : { name, copy: before + written + text.slice(target.end - statement.start) };
    });
  }
  return [];
}

function* inOrder(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of node.children) yield* inOrder(child);
}

function scaled(
  { value, whole, continuous, pointed }: Pick<NumberSite, 'value' | 'whole' | 'continuous' | 'pointed'>,
  factor: number,
): string | undefined {
  const result = Number((value * factor).toPrecision(12));
  if (value === 0 || (whole && !continuous && !Number.isInteger(result))) return undefined;
  const text = String(result).replace('e+', 'e');
  return pointed && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

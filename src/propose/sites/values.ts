import { around, childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { alternativesOf, type DeclaredTypes } from './alternatives.ts';
import { isContinuous, isLeftAlone, wordsOf } from './category.ts';
import type { Place } from './place.ts';
import type { Option, Site } from './site.ts';

/** What a value site is, apart from where it stands. */
export type Value =
  | Pick<Extract<Site, { kind: 'number' }>, 'kind' | 'value' | 'text' | 'whole' | 'continuous' | 'pointed'>
  | Pick<Extract<Site, { kind: 'choice' }>, 'kind' | 'value' | 'options'>;

const NUMBERS = new Set(['number', 'integer', 'float']);
const BOOLEANS = new Set(['true', 'false']);

/** The node that a value's edit replaces: with the minus before a number. */
export function valueNode(tree: SyntaxTree, node: SyntaxNode): SyntaxNode | undefined {
  if (NUMBERS.has(node.type)) {
    const outer = node.parent;
    const isUnary = outer?.type === 'unary_expression' || outer?.type === 'unary_operator';
    const sign = isUnary ? childAt(outer, 'operator') : undefined;
    return outer !== undefined && sign !== undefined && textOf(tree, sign) === '-' ? outer : node;
  }
  return BOOLEANS.has(node.type) || node.type === 'string' ? node : undefined;
}

/**
 * The value that stands at a node, or undefined where nothing is known that could stand there instead. `said` are the
 * alternatives that a comment names for it.
 */
export function valueAt(
  declared: DeclaredTypes,
  node: SyntaxNode,
  place: Place,
  said?: readonly string[],
): Value | undefined {
  const { tree } = declared;
  if (isOutOfReach(tree, node) || isLeftAlone(place.path)) return undefined;
  const text = textOf(tree, node);
  if (BOOLEANS.has(node.type)) {
    const isLoop = [...around(node)]
      .slice(0, 2)
      .some((outer) => /^(while|do|for)_statement$/.test(outer.type));
    const other = OPPOSITES[text];
    return isLoop || other === undefined
      ? undefined
      : { kind: 'choice', value: text.toLowerCase(), options: [{ value: other.toLowerCase(), text: other }] };
  }
  const choice = said && choiceAmong(said, text);
  if (choice !== undefined) return choice;
  const alternatives = alternativesOf(declared, node);
  if (alternatives !== undefined) {
    const options = alternatives.flatMap((literal) => optionFor(literal, text) ?? []);
    const value = optionFor(text, text)?.value;
    const others = options.filter((option) => option.value !== value);
    if (value !== undefined && others.length > 0) return { kind: 'choice', value, options: others };
  }
  return node.type === 'string' ? undefined : numberAt(tree, node, text, place);
}

const OPPOSITES: Readonly<Record<string, string>> = {
  true: 'false',
  false: 'true',
  True: 'False',
  False: 'True',
};

/** A choice among words, quoted or bare, or numbers; undefined where the present value is none of them. */
export function choiceAmong(said: readonly string[], present: string): Value | undefined {
  const isQuoted = /^['"]/.test(present);
  const options = said.flatMap((literal) => {
    const isBare = !/^['"]/.test(literal);
    return optionFor(isQuoted && isBare ? `'${literal}'` : literal, present) ?? [];
  });
  const value = optionFor(present, present)?.value;
  const isPresent = (option: Option) =>
    option.value === value || (!isQuoted && Number(option.value) === Number(value));
  const others = options.filter((option) => !isPresent(option));
  return value === undefined || others.length === 0 || !options.some(isPresent)
    ? undefined
    : { kind: 'choice', value, options: others };
}

/** An alternative in the quotes of the value it would replace; undefined where it is of another type. */
function optionFor(literal: string, present: string): Option | undefined {
  const quote = /^['"]/.exec(present)?.[0];
  const inner = /^(['"])([^'"\\\n]*)\1$/.exec(literal)?.[2];
  if (quote !== undefined)
    return inner === undefined ? undefined : { value: inner, text: quote + inner + quote };
  return /^-?[\d.]/.test(literal) ? { value: literal, text: literal } : undefined;
}

const DECIMAL = /^-?\s*(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/;
const LEADING_ZERO = /^-?0\d/;

function numberAt(tree: SyntaxTree, node: SyntaxNode, text: string, place: Place): Value | undefined {
  if (!DECIMAL.test(text) || LEADING_ZERO.test(text)) return undefined;
  const value = Number(text.replaceAll('_', '').replaceAll(/\s/g, ''));
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined;
  if (isPowerBase(tree, node, value) || (Math.abs(value) <= 4 && isAxis(tree, node))) return undefined;
  const whole = /^-?\s*[\d_]+$/.test(text);
  const pointed = !whole && (node.type === 'float' || node.children.some((child) => child.type === 'float'));
  return { kind: 'number', value, text, whole, continuous: isContinuous(place.path), pointed };
}

/** The 2 of `2 ** 19` is a way to write, not a quantity. */
function isPowerBase(tree: SyntaxTree, node: SyntaxNode, value: number): boolean {
  const operator = node.field === 'left' && node.parent ? childAt(node.parent, 'operator') : undefined;
  return operator !== undefined && textOf(tree, operator) === '**' && (value === 2 || value === 10);
}

/** `dim=-1` names an axis of an array; `dim = 512` a width. */
function isAxis(tree: SyntaxTree, node: SyntaxNode): boolean {
  const argument = node.parent;
  const name = argument?.type === 'keyword_argument' ? childAt(argument, 'name') : undefined;
  return name !== undefined && / (dim|axis|dims|axes|ndim) /.test(wordsOf(textOf(tree, name)));
}

const TYPES_AND_IMPORTS = new Set([
  'type_annotation',
  'type_alias_declaration',
  'type_alias_statement',
  'interface_declaration',
  'enum_declaration',
  'type_arguments',
  'type_parameters',
  'type_parameter',
  'literal_type',
  'type',
  'import_statement',
  'import_from_statement',
  'import_attribute',
  'slice',
  'case_pattern',
  'generic_type',
]);
const INDEX_FIELDS: Readonly<Record<string, string>> = {
  subscript_expression: 'index',
  subscript: 'subscript',
  pair: 'key',
  switch_case: 'value',
};
/** Calls whose arguments say how something is shown, ended, waited for or drawn, and nothing of what is computed. */
const CALLS_LEFT_ALONE =
  /(^console\.\w+|^print|\blog(ger)?\b.*|\b(toFixed|toPrecision|toString|padStart|padEnd|stringify|exit|sleep|setTimeout|add_argument|Error|exception)|seed|default_rng|[rR]andom(State)?|Generator)$/i;

function isOutOfReach(tree: SyntaxTree, node: SyntaxNode): boolean {
  let inner = node;
  for (const outer of around(node)) {
    if (TYPES_AND_IMPORTS.has(outer.type)) return true;
    if (inner.field !== undefined && INDEX_FIELDS[outer.type] === inner.field) return true;
    if (outer.type === 'call_expression' || outer.type === 'call') {
      const callee = childAt(outer, 'function');
      if (callee !== undefined && callee !== inner && CALLS_LEFT_ALONE.test(textOf(tree, callee)))
        return true;
    }
    inner = outer;
  }
  return false;
}

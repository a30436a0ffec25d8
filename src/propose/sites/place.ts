import { createHash } from 'node:crypto';
import { childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { excerptOf, type Prominence } from './site.ts';

/** The names around a value. */
export interface Place {
  readonly prominence: Prominence;
  /** All names from the file down to the value: `GPTConfig.betas[1]`; '' where there are none. */
  readonly path: string;
  /** For people: `betas[1] in adamw()`; of a value without a name, the innermost name around it. */
  readonly name: string;
  readonly siblings: number;
}

const FUNCTIONS = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'function_definition',
  'arrow_function',
  'function_expression',
  'generator_function',
  'lambda',
]);
const CLASSES = new Set(['class_declaration', 'abstract_class_declaration', 'class_definition', 'class']);
const LISTS = new Set(['array', 'list', 'tuple', 'set', 'expression_list']);
const TRANSPARENT = new Set([
  'unary_expression',
  'unary_operator',
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'object',
  'dictionary',
]);

/** Node types that name what stands in one of their fields, and the fields of the name and of the value. */
const NAMED_VALUES: Readonly<Record<string, readonly [name: string, value: string]>> = {
  variable_declarator: ['name', 'value'],
  assignment_expression: ['left', 'right'],
  augmented_assignment_expression: ['left', 'right'],
  assignment: ['left', 'right'],
  augmented_assignment: ['left', 'right'],
  public_field_definition: ['name', 'value'],
  required_parameter: ['pattern', 'value'],
  optional_parameter: ['pattern', 'value'],
  default_parameter: ['name', 'value'],
  typed_default_parameter: ['name', 'value'],
  object_assignment_pattern: ['left', 'right'],
  assignment_pattern: ['left', 'right'],
  pair: ['key', 'value'],
  keyword_argument: ['name', 'value'],
};

export function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.has(node.type);
}

export function isClass(node: SyntaxNode): boolean {
  return CLASSES.has(node.type);
}

/** The node that names `value`, if `outer` does: the name's node. */
export function nameNode(outer: SyntaxNode, value: SyntaxNode): SyntaxNode | undefined {
  const fields = NAMED_VALUES[outer.type];
  return fields !== undefined && value.field === fields[1] ? childAt(outer, fields[0]) : undefined;
}

function isTransparent(node: SyntaxNode): boolean {
  return TRANSPARENT.has(node.type);
}

export function isList(node: SyntaxNode): boolean {
  return LISTS.has(node.type);
}

export function placeOf(tree: SyntaxTree, value: SyntaxNode): Place {
  const names: string[] = [];
  let index = '';
  let scope: string | undefined;
  let namesInScope: number | undefined;
  let isNamed: boolean | undefined;
  let isInFunction = false;
  let siblings = 1;
  let inner = value;
  for (let outer = value.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    const named = nameNode(outer, inner);
    if (named !== undefined) {
      isNamed ??= true;
      names.unshift(nameText(tree, named) + index);
      index = '';
      if (isFunction(inner) && namesInScope === undefined) {
        scope = names[0]!;
        namesInScope = names.length - 1;
      }
    } else if (isFunction(outer) || isClass(outer)) {
      isNamed ??= false;
      isInFunction ||= isFunction(outer);
      const name = childAt(outer, 'name');
      if (name !== undefined) {
        names.unshift(nameText(tree, name));
        if (isFunction(outer) && namesInScope === undefined) {
          scope = names[0]!;
          namesInScope = names.length - 1;
        }
      }
    } else if (isList(outer) && isNamed === undefined) {
      const elements = outer.children.filter((child) => child.type !== 'comment');
      index = `[${elements.indexOf(inner)}]${index}`;
      siblings *= elements.length;
    } else if (isNamed === undefined && isArithmetic(tree, outer)) {
      index = `.${inner.field}${index}`;
    } else if (!isTransparent(outer)) {
      isNamed ??= false;
      isInFunction ||= LOOP.test(outer.type);
    }
  }
  const here = names.slice(names.length - (namesInScope ?? names.length)).join('.');
  return {
    prominence: isNamed !== true ? 'inner' : isInFunction ? 'local' : 'top',
    path: names.join('.'),
    name: isNamed === true ? (scope === undefined ? here : `${here} in ${scope}()`) : around(scope, here),
    siblings,
  };
}

const LOOP = /^(for|while|do|for_in)_statement$/;

/** `2 ** 19`, `4 * 1024`: one constant, though written as two. */
function isArithmetic(tree: SyntaxTree, node: SyntaxNode): boolean {
  return /^binary_/.test(node.type) && /^[\d\s.*+\-/_()]+$/.test(textOf(tree, node));
}

function around(scope: string | undefined, here: string): string {
  if (scope !== undefined) return `${scope}()`;
  return here === '' ? 'the file' : here;
}

function nameText(tree: SyntaxTree, node: SyntaxNode): string {
  const text = textOf(tree, node).replace(/^(['"])(.*)\1$/s, '$2');
  return excerptOf(text, 40);
}

/** Compound statements count by their head alone: what happens in their body is no change of theirs. */
const BODIES = new Set(['body', 'consequence', 'alternative']);

/**
 * What a piece of code says, numbers, strings and booleans apart: a nameless value is found again by what stands
 * around it, and moving a value must not change the names of its neighbours. `masked` takes out what else may move. 32
 * bits, hexadecimal.
 */
export function fingerprint(
  tree: SyntaxTree,
  node: SyntaxNode,
  masked: (text: string) => string = (text) => text,
): string {
  const body = node.children.find((child) => BODIES.has(child.field ?? ''));
  const text = masked(tree.text.slice(node.start, body?.start ?? node.end))
    .replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/gs, '"')
    .replace(/(?<![\w$])\d[\w.]*(?:(?<=[eE])[+-]\d+)?/g, '0')
    .replace(/\b(?:true|false|True|False)\b/g, '?')
    .replace(/\s+/g, '');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** The statement, or at the outermost the named value, that a nameless value belongs to. */
export function statementOf(node: SyntaxNode): SyntaxNode {
  let inner = node;
  for (let outer = node.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    if (BLOCKS.has(outer.type)) return inner;
  }
  return inner;
}

export const BLOCKS: ReadonlySet<string> = new Set([
  'program',
  'module',
  'block',
  'statement_block',
  'class_body',
  'switch_case',
  'switch_default',
]);

import { around, childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { BLOCKS, isClass, isFunction } from './place.ts';
import { excerptOf, type Option } from './site.ts';

/** Something that can be taken out, and what is left in its place. */
export interface Removal {
  readonly family: 'statement' | 'term';
  readonly excerpt: string;
  readonly options: readonly Option[];
  readonly start: number;
  readonly end: number;
}

/** Characters. Longer code is not one idea. */
const LONGEST_STATEMENT = 2_000;
const LONGEST_TERM = 400;

export function removalAt(tree: SyntaxTree, node: SyntaxNode): Removal | undefined {
  switch (node.type) {
    case 'expression_statement':
    case 'if_statement':
      return isRemovable(tree, node) ? statementRemoval(tree, node) : undefined;
    case 'binary_expression':
    case 'binary_operator':
      return termRemoval(tree, node, textOf(tree, childAt(node, 'operator') ?? node), operands(node));
    case 'call_expression':
    case 'call':
      return termRemoval(tree, node, calledOperator(tree, node), callArguments(node));
    default:
      return undefined;
  }
}

/** Whether a statement does something that a run can go without. */
export function isRemovable(tree: SyntaxTree, statement: SyntaxNode): boolean {
  const block = statement.parent;
  if (block === undefined || !BLOCKS.has(block.type)) return false;
  if (block.parent !== undefined && isClass(block.parent)) return false;
  const isRun = [...around(statement)].some(
    (outer) => isFunction(outer) || /^(for|while|do)_/.test(outer.type),
  );
  if (!isRun || statement.end - statement.start > LONGEST_STATEMENT) return false;
  if (statement.type === 'if_statement') return !isGuard(tree, statement);
  const inner = statement.children[0];
  return inner !== undefined && isRemovableExpression(tree, inner);
}

/** `if (...) throw ...` changes nothing in a run that goes well. */
function isGuard(tree: SyntaxTree, statement: SyntaxNode): boolean {
  const consequence = childAt(statement, 'consequence');
  return consequence !== undefined && /^\{?\s*(throw|raise|assert)\b/.test(textOf(tree, consequence));
}

const SHOWS_OR_FRAMES = /^(await\s+)?(console\.|print\b|super\b|logg?(er|ing)?\.|process\.|sys\.|assert)/;

function isRemovableExpression(tree: SyntaxTree, expression: SyntaxNode): boolean {
  switch (expression.type) {
    case 'call_expression':
    case 'call':
    case 'await_expression':
    case 'await':
      return !SHOWS_OR_FRAMES.test(textOf(tree, expression));
    case 'augmented_assignment_expression':
    case 'augmented_assignment':
    case 'update_expression':
      return true;
    case 'assignment_expression':
    case 'assignment':
      return assignsItself(tree, expression);
    default:
      return false;
  }
}

/** `x = norm(x)` can go; `x = 3` may be all that declares x. */
function assignsItself(tree: SyntaxTree, assignment: SyntaxNode): boolean {
  const left = childAt(assignment, 'left');
  const right = childAt(assignment, 'right');
  if (left?.type !== 'identifier' || right === undefined) return false;
  const name = textOf(tree, left).replaceAll('$', '\\$');
  return new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(textOf(tree, right));
}

function statementRemoval(tree: SyntaxTree, statement: SyntaxNode): Removal {
  const { text } = tree;
  const base = { family: 'statement', excerpt: excerptOf(textOf(tree, statement)) } as const;
  const isPython = statement.parent?.type === 'block';
  const isAlone = statement.parent?.children.filter((child) => child.type !== 'comment').length === 1;
  if (isPython && isAlone) {
    const options = [{ value: 'removed', text: 'pass' }];
    return { ...base, options, start: statement.start, end: statement.end };
  }
  const lineStart = text.lastIndexOf('\n', statement.start - 1) + 1;
  const newline = text.indexOf('\n', statement.end);
  const lineEnd = newline === -1 ? text.length : newline + 1;
  const ownsItsLines =
    text.slice(lineStart, statement.start).trim() === '' && text.slice(statement.end, lineEnd).trim() === '';
  const options = [{ value: 'removed', text: '' }];
  if (ownsItsLines) return { ...base, options, start: lineStart, end: lineEnd };
  // Python has no empty statement: of `a(); b()` the semicolon goes with a.
  const separator = isPython ? (/^[ \t]*;[ \t]*/.exec(text.slice(statement.end, lineEnd))?.[0] ?? '') : '';
  return { ...base, options, start: statement.start, end: statement.end + separator.length };
}

/** Which operands still make sense alone: `a - b` without a is another quantity. */
const KEEPS: Readonly<Record<string, readonly ('left' | 'right')[]>> = {
  '+': ['left', 'right'],
  '*': ['left', 'right'],
  '-': ['left'],
  '/': ['left'],
  '**': ['left'],
  '@': ['left'],
};

const CALLED_OPERATORS: Readonly<Record<string, string>> = {
  add: '+',
  plus: '+',
  mul: '*',
  multiply: '*',
  sub: '-',
  subtract: '-',
  minus: '-',
  div: '/',
  divide: '/',
};

/** A function of its own, or one of a library of mathematics: not a method, which its object would miss. */
const MATHEMATICS = /^(?:(?:Math|math|np|jnp|torch|F|nn\.functional|torch\.nn\.functional)\.)?([a-z_]\w*)$/;

/** `add(a, b)`, `torch.mul(a, b)`; any call of one argument is a wrapper: `gelu(x)` can become `x`. */
function calledOperator(tree: SyntaxTree, call: SyntaxNode): string | undefined {
  const callee = childAt(call, 'function');
  const name = callee && MATHEMATICS.exec(textOf(tree, callee))?.[1];
  if (name === undefined) return undefined;
  const count = callArguments(call).length;
  if (count === 2) return CALLED_OPERATORS[name];
  const isStatement =
    call.parent?.type === 'expression_statement' || call.parent?.type === 'await_expression';
  return count === 1 && !isStatement && !SHOWS_OR_FRAMES.test(textOf(tree, call)) ? 'wrapper' : undefined;
}

function termRemoval(
  tree: SyntaxTree,
  node: SyntaxNode,
  operator: string | undefined,
  [left, right]: readonly SyntaxNode[],
): Removal | undefined {
  if (operator === undefined || left === undefined || node.end - node.start > LONGEST_TERM) return undefined;
  if (operator !== 'wrapper' && KEEPS[operator] === undefined) return undefined;
  if (
    [left, right].some(
      (side) =>
        side !== undefined &&
        /string|spread|splat|keyword|generator|function|lambda|comprehension/.test(side.type),
    )
  )
    return undefined;
  if (isOutOfReach(node)) return undefined;
  const kept = operator === 'wrapper' ? (['left'] as const) : KEEPS[operator]!;
  const options: Option[] = [];
  for (const side of kept) {
    const operand = side === 'left' ? left : right;
    if (operand === undefined) return undefined;
    const text = standingAlone(tree, node, operand);
    if (options.every((option) => option.text !== text)) options.push({ value: side, text });
  }
  return {
    family: 'term',
    excerpt: excerptOf(textOf(tree, node)),
    options,
    start: node.start,
    end: node.end,
  };
}

/** An argument that leaves its call may need parentheses of its own: `2 * f(a + b)` becomes `2 * (a + b)`. */
function standingAlone(tree: SyntaxTree, node: SyntaxNode, operand: SyntaxNode): string {
  const text = textOf(tree, operand);
  const wasArgument = operand.parent !== node;
  const isOperation =
    /binary|unary|boolean_|comparison|ternary|conditional|not_operator|await|assignment/.test(operand.type);
  return wasArgument && isOperation && !/^arguments?(_list)?$/.test(node.parent?.type ?? '')
    ? `(${text})`
    : text;
}

const UNREACHABLE =
  /^(type|type_\w+|literal_type|generic_type|import_\w+|decorator|subscript|subscript_expression|slice|template_\w+|interpolation|throw_statement|raise_statement|for_statement)$/;

/** In an index, a type, a message or the head of a loop, a missing term breaks more than it tells. */
function isOutOfReach(node: SyntaxNode): boolean {
  let inner = node;
  for (const outer of around(node)) {
    const isBody = inner.field === 'body' || BLOCKS.has(inner.type);
    if (!isBody && UNREACHABLE.test(outer.type)) return true;
    if (BLOCKS.has(outer.type)) return false;
    inner = outer;
  }
  return false;
}

function operands(node: SyntaxNode): SyntaxNode[] {
  return [childAt(node, 'left'), childAt(node, 'right')].filter((side) => side !== undefined);
}

function callArguments(call: SyntaxNode): SyntaxNode[] {
  const list = childAt(call, 'arguments');
  return list === undefined ? [] : list.children.filter((child) => child.type !== 'comment');
}

import type { Category } from '../../model/category.ts';
import { around, childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { KIN, type KinGroup } from './kin-table.ts';
import { isFunction } from './place.ts';
import type { Option } from './site.ts';

/** A called name and what may be called in its place. */
export interface Kin {
  readonly category: Category;
  readonly value: string;
  readonly options: readonly Option[];
  /** For people: `F.relu`. */
  readonly callee: string;
  /** The name alone: the `relu` of `F.relu(x)`. */
  readonly start: number;
  readonly end: number;
}

/** What a file's own names say of which kin it can call. */
export interface KinNames {
  readonly tree: SyntaxTree;
  /** Imported, or declared as a function or a class, for the whole file. */
  readonly declared: ReadonlySet<string>;
}

export function kinNames(tree: SyntaxTree): KinNames {
  const declared = new Set<string>();
  const declare = (name: SyntaxNode | undefined) => {
    if (name !== undefined) declared.add(textOf(tree, name));
  };
  for (const node of tree.nodes) {
    switch (node.type) {
      case 'import_specifier':
        declare(childAt(node, 'alias') ?? childAt(node, 'name'));
        break;
      case 'import_from_statement':
        for (const child of node.children.filter(({ field }) => field === 'name'))
          declare(childAt(child, 'alias') ?? child);
        break;
      case 'function_declaration':
      case 'function_definition':
      case 'class_declaration':
      case 'class_definition':
        if (isOfFile(node)) declare(childAt(node, 'name'));
        break;
      case 'variable_declarator': {
        const value = childAt(node, 'value');
        if (value !== undefined && isFunction(value) && isOfFile(node.parent)) declare(childAt(node, 'name'));
        break;
      }
    }
  }
  return { tree, declared };
}

function isOfFile(node: SyntaxNode | undefined): boolean {
  const outer = node?.parent;
  const holder = outer?.type === 'export_statement' ? outer.parent : outer;
  return holder?.type === 'program' || holder?.type === 'module';
}

export function kinAt({ tree, declared }: KinNames, call: SyntaxNode): Kin | undefined {
  if (!CALLS.has(call.type)) return undefined;
  const callee = childAt(call, 'function') ?? childAt(call, 'constructor');
  if (callee === undefined) return undefined;
  const text = textOf(tree, callee);
  const [, holder, value] = /^(?:([\w$]+(?:\.[\w$]+)*)\.)?([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (value === undefined) return undefined;
  const groups = KIN.filter(({ members }) => Object.hasOwn(members, value));
  const [group] = groups;
  if (group === undefined || isInKin(tree, call, groups)) return undefined;
  const names = new Set(groups.flatMap(({ members }) => Object.keys(members)));
  names.delete(value);
  const options: Option[] = [];
  for (const name of names) {
    const deciding = groups.find(({ members }) => Object.hasOwn(members, name))!;
    const isThere =
      holder === undefined
        ? declared.has(name)
        : groups.some((one) => one.holders?.test(holder) && Object.hasOwn(one.members, name)) ||
          mentions(tree, `${holder}.${name}`);
    if (isThere && takesTheSame(tree, call, deciding.members[value], deciding.members[name]))
      options.push({ value: name, text: name });
  }
  const start = callee.end - value.length;
  return options.length === 0
    ? undefined
    : { category: group.category, value, options, callee: text, start, end: callee.end };
}

const CALLS = new Set(['call', 'call_expression', 'new_expression']);

/** The `tanh` in a file's own `gelu` is its definition; `gelu` there would call itself for ever. */
function isInKin(tree: SyntaxTree, call: SyntaxNode, groups: readonly KinGroup[]): boolean {
  return [...around(call)].some((outer) => {
    if (!isFunction(outer)) return false;
    const name = childAt(outer, 'name') ?? (outer.parent && childAt(outer.parent, 'name'));
    return name !== undefined && groups.some(({ members }) => Object.hasOwn(members, textOf(tree, name)));
  });
}

/** A holder that nobody knows has the names by which the file calls it. */
function mentions(tree: SyntaxTree, callee: string): boolean {
  const escaped = callee.replaceAll(/[.$]/g, '\\$&');
  return new RegExp(String.raw`(?<![\w$.])${escaped}(?![\w$])`).test(tree.text);
}

function takesTheSame(
  tree: SyntaxTree,
  call: SyntaxNode,
  from: readonly string[] | undefined,
  to: readonly string[] | undefined,
): boolean {
  if (from === undefined || to === undefined) return true;
  const given = childAt(call, 'arguments')?.children.filter(({ type }) => type !== 'comment') ?? [];
  return given.every((argument, index) => {
    if (/splat|spread|generator/.test(argument.type)) return false;
    const name = argument.type === 'keyword_argument' ? childAt(argument, 'name') : undefined;
    if (name !== undefined) return to.includes(textOf(tree, name));
    return from[index] !== undefined && from[index] !== '' && from[index] === to[index];
  });
}

const CALLED_KIN = new RegExp(
  String.raw`\b(${[...new Set(KIN.flatMap(({ members }) => Object.keys(members)))].join('|')})(?=\s*\()`,
  'g',
);

/** A text that stays the same when a called name is exchanged for its kin. */
export function withoutKin(text: string): string {
  return text.replace(CALLED_KIN, '?');
}

import { childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { isList, nameNode } from './place.ts';

/** What a file's types say: by the name of an alias, an interface, a class or a list of constants. */
export interface DeclaredTypes {
  readonly tree: SyntaxTree;
  readonly types: ReadonlyMap<string, SyntaxNode>;
  readonly comments: readonly SyntaxNode[];
}

/** Aliases of aliases are followed this far; a circle ends here. */
const DEEPEST_ALIAS = 8;

export function declaredTypes(tree: SyntaxTree): DeclaredTypes {
  const types = new Map<string, SyntaxNode>();
  const declare = (name: SyntaxNode | undefined, type: SyntaxNode | undefined) => {
    if (name !== undefined && type !== undefined) types.set(textOf(tree, name), type);
  };
  const values: (readonly [SyntaxNode | undefined, SyntaxNode | undefined])[] = [];
  for (const node of tree.nodes) {
    switch (node.type) {
      case 'type_alias_declaration':
        declare(childAt(node, 'name'), childAt(node, 'value'));
        break;
      case 'type_alias_statement':
        declare(childAt(node, 'left') ?? node.children[0], childAt(node, 'right') ?? node.children[1]);
        break;
      case 'interface_declaration':
      case 'class_definition':
        declare(childAt(node, 'name'), childAt(node, 'body'));
        break;
      case 'variable_declarator':
        values.push([childAt(node, 'name'), withoutCasts(childAt(node, 'value'), 'array')]);
        break;
      case 'assignment':
        values.push([childAt(node, 'left'), withoutCasts(childAt(node, 'right'), 'subscript')]);
        break;
    }
  }
  // TypeScript lets a type and a value share a name: the type is meant.
  for (const [name, value] of values) if (name && !types.has(textOf(tree, name))) declare(name, value);
  return { tree, types, comments: tree.nodes.filter((node) => node.type === 'comment') };
}

function withoutCasts(value: SyntaxNode | undefined, type: string): SyntaxNode | undefined {
  const inner = value?.type === 'as_expression' ? value.children[0] : value;
  return inner?.type === type ? inner : undefined;
}

/** The literals that may stand where `value` stands, in the order of their declaration, as their own text. */
export function alternativesOf(declared: DeclaredTypes, value: SyntaxNode): string[] | undefined {
  const expected = expectedType(declared, value, DEEPEST_ALIAS);
  const literals = expected && literalsOf(declared, expected, DEEPEST_ALIAS);
  return literals !== undefined ? [...new Set(literals)] : commentedAlternatives(declared, value);
}

/** The type that a value's surroundings ask of it. */
function expectedType(declared: DeclaredTypes, value: SyntaxNode, depth: number): SyntaxNode | undefined {
  const outer = value.parent;
  if (outer === undefined || depth === 0) return undefined;
  if (outer.type === 'as_expression' || outer.type === 'satisfies_expression') {
    const cast = outer.children.find((child) => child !== value);
    return cast ?? expectedType(declared, outer, depth);
  }
  if (outer.type === 'parenthesized_expression') return expectedType(declared, outer, depth);
  if (isList(outer)) {
    const list = expectedType(declared, outer, depth - 1);
    return list?.type === 'array_type' ? list.children[0] : undefined;
  }
  const name = nameNode(outer, value);
  if (name === undefined) return undefined;
  if (outer.type === 'pair') {
    const whole = outer.parent && expectedType(declared, outer.parent, depth - 1);
    return whole && memberType(declared, whole, textOf(declared.tree, name), depth - 1);
  }
  if (outer.type === 'keyword_argument') {
    const callee = outer.parent?.parent && childAt(outer.parent.parent, 'function');
    const body = callee && declared.types.get(textOf(declared.tree, callee));
    return body && memberType(declared, body, textOf(declared.tree, name), depth - 1);
  }
  const annotation = childAt(outer, 'type');
  return annotation?.type === 'type_annotation' ? annotation.children[0] : annotation;
}

/** The declared type of a member of an object type, an interface's body or a class's body. */
function memberType(
  declared: DeclaredTypes,
  whole: SyntaxNode,
  member: string,
  depth: number,
): SyntaxNode | undefined {
  const type = followed(declared, whole, depth);
  if (type === undefined) return undefined;
  for (const child of type.children) {
    const part = child.type === 'expression_statement' ? child.children[0] : child;
    const name = part && (childAt(part, 'name') ?? childAt(part, 'left'));
    if (part === undefined || name === undefined || textOf(declared.tree, name) !== member) continue;
    const annotation = childAt(part, 'type');
    return annotation?.type === 'type_annotation' ? annotation.children[0] : annotation;
  }
  return undefined;
}

/** Follows aliases and `Readonly<...>` to the type itself. */
function followed(declared: DeclaredTypes, type: SyntaxNode, depth: number): SyntaxNode | undefined {
  if (depth === 0) return undefined;
  switch (type.type) {
    case 'type_identifier':
    case 'identifier': {
      const target = declared.types.get(textOf(declared.tree, type));
      return target && followed(declared, target, depth - 1);
    }
    case 'generic_type': {
      const name = type.children[0];
      if (name === undefined || !/^(Readonly|Partial|Required)$/.test(textOf(declared.tree, name)))
        return type;
      const argument = type.children[1]?.children[0];
      return argument && followed(declared, argument, depth - 1);
    }
    case 'parenthesized_type':
    case 'readonly_type':
    case 'type': {
      const inner = type.children[0];
      return inner && followed(declared, inner, depth - 1);
    }
    default:
      return type;
  }
}

/** The literals of a union, or undefined where the type is open. `null` and `undefined` do not count. */
function literalsOf(declared: DeclaredTypes, type: SyntaxNode, depth: number): string[] | undefined {
  if (depth === 0) return undefined;
  const target = followed(declared, type, depth);
  if (target === undefined) return undefined;
  // Only an alias goes deeper: a union of twenty is twenty nodes deep, and no circle.
  const left = target === type ? depth : depth - 1;
  const text = textOf(declared.tree, target);
  switch (target.type) {
    // `a | b | c` is a union of a union.
    case 'union_type':
    case 'binary_operator':
      return joined(target.children.filter((child) => child.field !== 'operator'));
    case 'literal_type':
      return text === 'null' || text === 'undefined' ? [] : [text];
    case 'string':
    case 'integer':
    case 'float':
    case 'number':
      return [text];
    case 'none':
      return [];
    case 'generic_type': {
      const [name, parameters] = target.children;
      return name !== undefined && isLiteral(name) && parameters !== undefined
        ? joined(parameters.children)
        : undefined;
    }
    case 'subscript': {
      const name = childAt(target, 'value');
      return name !== undefined && isLiteral(name)
        ? joined(target.children.filter((child) => child.field === 'subscript'))
        : undefined;
    }
    case 'lookup_type': {
      const list = /^\(?\s*typeof\s+([\w$]+)\s*\)?\s*\[\s*number\s*\]$/.exec(text)?.[1];
      const array = list === undefined ? undefined : declared.types.get(list);
      return array?.type === 'array' ? joined(array.children) : undefined;
    }
    default:
      return undefined;
  }

  function isLiteral(name: SyntaxNode): boolean {
    return /(^|\.)Literal$/.test(textOf(declared.tree, name));
  }

  function joined(parts: readonly SyntaxNode[]): string[] | undefined {
    const all = parts
      .filter((part) => part.type !== 'comment')
      .map((part) => literalsOf(declared, part, left));
    return all.every((literals) => literals !== undefined) ? all.flat() : undefined;
  }
}

const QUOTED = String.raw`(?:'[^'\n]*'|"[^"\n]*")`;
const COMMENTED_ALTERNATIVES = new RegExp(String.raw`${QUOTED}(?:\s*\|\s*${QUOTED})+`);

/** `ACTIVATION = 'gelu'  # 'gelu' | 'relu'`: a comment on the value's own line, or a `@type` just above it. */
function commentedAlternatives({ tree, comments }: DeclaredTypes, value: SyntaxNode): string[] | undefined {
  if (value.type !== 'string') return undefined;
  const lineStart = tree.text.lastIndexOf('\n', value.start) + 1;
  const lineEnd = endOfLine(tree.text, value.end);
  for (const comment of comments) {
    const text = textOf(tree, comment);
    const isBeside = comment.start >= value.end && comment.start < lineEnd;
    const isAbove = comment.end < value.start && comment.end >= lineStart - 1 && text.includes('@type');
    const found = isBeside || isAbove ? COMMENTED_ALTERNATIVES.exec(text)?.[0] : undefined;
    if (found !== undefined) return found.split('|').map((part) => part.trim());
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

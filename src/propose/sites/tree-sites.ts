import type { Category } from '../../model/category.ts';
import type { Family } from '../../model/edit.ts';
import { childAt, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { declaredTypes } from './alternatives.ts';
import { categoryOf } from './category.ts';
import { alternativesAt, type Directives, isSpokenOf } from './directives.ts';
import { duplicateAt } from './duplicates.ts';
import { createIdentity } from './identity.ts';
import { kinAt, kinNames, withoutKin } from './kin.ts';
import { fingerprint, type Place, placeOf, statementOf } from './place.ts';
import { removalAt } from './removals.ts';
import type { Prominence, Site } from './site.ts';
import { type Value, valueAt, valueNode } from './values.ts';

/** What can move in a syntax tree, in the order of the text, and the node of each site by its id. */
export function treeSites(
  path: string,
  tree: SyntaxTree,
  directives: Directives,
): { readonly sites: readonly Site[]; readonly nodes: ReadonlyMap<string, SyntaxNode> } {
  const finders = [
    createValueFinder(path, tree, directives),
    createRemovalFinder(path, tree),
    createDuplicateFinder(path, tree, directives),
    createKinFinder(path, tree),
  ];
  const sites: Site[] = [];
  const nodes = new Map<string, SyntaxNode>();
  for (const node of tree.nodes) {
    for (const find of finders) {
      const site = find(node);
      if (site === undefined) continue;
      sites.push(site);
      nodes.set(site.id, node);
    }
  }
  return { sites, nodes };
}

type Finder = (node: SyntaxNode) => Site | undefined;

function createValueFinder(path: string, tree: SyntaxTree, directives: Directives): Finder {
  const identify = createIdentity(path);
  const declared = declaredTypes(tree);
  const isVariable = createVariableTest(tree);
  return (node) => {
    const target = valueNode(tree, node);
    if (target === undefined) return undefined;
    const place = placeOf(tree, target);
    const value = valueAt(declared, target, place, alternativesAt(directives, tree.text, target.start));
    if (value === undefined) return undefined;
    const prominence = isVariable(target, place) ? 'inner' : place.prominence;
    const family = familyOf(value, node, prominence);
    const isNamed = place.prominence !== 'inner';
    const text = tree.text.slice(target.start, target.end);
    return {
      id: identify(family, isNamed ? place.path : `${place.path}:${fingerprint(tree, statementOf(target))}`),
      path,
      family,
      prominence,
      name: isNamed ? place.name : `${text} in ${place.name}`,
      category: categoryOf(place.path, OTHERWISE[family]),
      siblings: place.siblings,
      start: target.start,
      end: target.end,
      ...value,
    };
  };
}

const OTHERWISE: Readonly<Record<ReturnType<typeof familyOf>, Category>> = {
  alternatives: 'algorithm',
  switch: 'algorithm',
  'inner-switch': 'algorithm',
  number: 'numeric',
  'inner-number': 'numeric',
};

function familyOf(value: Value, node: SyntaxNode, prominence: Prominence) {
  const isBoolean = node.type === 'true' || node.type === 'false';
  if (value.kind === 'choice' && !isBoolean) return 'alternatives' satisfies Family;
  if (isBoolean) return prominence === 'top' ? 'switch' : ('inner-switch' satisfies Family);
  return prominence === 'inner' ? 'inner-number' : ('number' satisfies Family);
}

function createRemovalFinder(path: string, tree: SyntaxTree): Finder {
  const identify = createIdentity(path);
  return (node) => {
    const removal = removalAt(tree, node);
    if (removal === undefined) return undefined;
    const place = placeOf(tree, node);
    return {
      ...removal,
      kind: 'removal',
      id: identify(removal.family, `${place.path}:${fingerprint(tree, node)}`),
      path,
      prominence: 'inner',
      name: place.name,
      category: 'removal',
      siblings: 1,
    };
  };
}

function createDuplicateFinder(path: string, tree: SyntaxTree, directives: Directives): Finder {
  const identify = createIdentity(path);
  const declared = declaredTypes(tree);
  return (node) => {
    const duplicate = duplicateAt(declared, node);
    // What a comment says of a line it cannot say of two.
    if (duplicate === undefined || isSpokenOf(directives, tree.text, node.start)) return undefined;
    const { excerpt, ...rest } = duplicate;
    const place = placeOf(tree, node);
    return {
      ...rest,
      kind: 'choice',
      value: 'once',
      family: 'duplicate',
      id: identify('duplicate', `${place.path}:${fingerprint(tree, node)}`),
      path,
      prominence: 'inner',
      name: `\`${excerpt}\` in ${place.name}`,
      category: categoryOf(place.path, 'architecture'),
      siblings: 1,
    };
  };
}

function createKinFinder(path: string, tree: SyntaxTree): Finder {
  const identify = createIdentity(path);
  const names = kinNames(tree);
  return (node) => {
    const kin = kinAt(names, node);
    if (kin === undefined) return undefined;
    const { callee, ...rest } = kin;
    const place = placeOf(tree, node);
    const isOfFile = place.prominence === 'top';
    const statement = fingerprint(tree, statementOf(node), withoutKin);
    return {
      ...rest,
      kind: 'choice',
      family: 'kin',
      id: identify('kin', isOfFile ? place.path : `${place.path}:${statement}`),
      path,
      prominence: place.prominence,
      name: isOfFile ? place.name : `${callee} in ${place.name.replace(/^.* in /, '')}`,
      siblings: 1,
    };
  };
}

/**
 * Whether a named value is only where a variable starts: the 0 of `for (let i = 0; ...)`, of `step = 0` before
 * `step += 1`. Such a name is no setting.
 */
function createVariableTest(tree: SyntaxTree): (value: SyntaxNode, place: Place) => boolean {
  const assigned = new Set<string>();
  const variables = new Set<string>();
  for (const node of tree.nodes) {
    const target = ASSIGNMENTS.has(node.type) ? childAt(node, 'right') : undefined;
    if (target === undefined) continue;
    const { path } = placeOf(tree, target);
    for (const name of [path, ...namesInTuple(path)]) {
      if (assigned.has(name) || node.type.startsWith('augmented')) variables.add(name);
      assigned.add(name);
    }
  }
  return (value, place) => {
    const declaration = value.parent?.parent;
    const isLoopHead = declaration?.parent?.type === 'for_statement' && declaration.field === 'initializer';
    const isLet = declaration?.type === 'lexical_declaration' && textOf(tree, declaration).startsWith('let');
    return isLoopHead || isLet || variables.has(nameOf(place.path));
  };
}

/** `f.step` of `f.step, rest[0]`; the path itself where it names one thing alone. */
function nameOf(path: string): string {
  const [, tuple, index] = /^(.*)\[(\d+)\]$/.exec(path) ?? [];
  return namesInTuple(tuple ?? '')[Number(index)] ?? path;
}

/** `f.step` and `f.rest` of `f.step, rest`, as in `step, rest = 0, 1`; none where one name stands alone. */
function namesInTuple(path: string): string[] {
  const [, scope = '', names] = /^(.*\.)?([^.]*, [^.]*)$/.exec(path) ?? [];
  return names?.split(', ').map((name) => scope + name) ?? [];
}

const ASSIGNMENTS = new Set(['assignment', 'augmented_assignment']);

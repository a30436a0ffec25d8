import { createHash } from 'node:crypto';
import type { Category } from '../../model/category.ts';
import { readSyntax } from '../syntax/nodes.ts';
import { childAt, isComment, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { declaredTypes } from './alternatives.ts';
import { categoryOf } from './category.ts';
import { alternativesAt, type CommentFault, type Directives, directivesOf, obey } from './directives.ts';
import { fingerprint, type Place, placeOf, statementOf } from './place.ts';
import { plainDirectives, plainValues } from './plain.ts';
import { removalAt } from './removals.ts';
import type { Family, Prominence, Site } from './site.ts';
import { type Value, valueAt, valueNode } from './values.ts';

/** Texts whose sites are remembered: those of the champions of late. */
const REMEMBERED_TEXTS = 64;
const remembered = new Map<string, Found>();

interface Found {
  readonly sites: readonly Site[];
  readonly faults: readonly CommentFault[];
}

/**
 * Everything in a file that can move, in the order of the text. TypeScript, JavaScript and Python are read as syntax
 * trees; JSON, YAML, TOML, CSS and their like by lines of name and value; other files have no sites. Comments that
 * start with `ratchet:` narrow what may move, see `Directive`.
 */
export async function findSites(path: string, text: string): Promise<readonly Site[]> {
  return (await find(path, text)).sites;
}

/** The comments that start with `ratchet:` and do nothing, in the order of the text: nobody may think they hold. */
export async function findCommentFaults(path: string, text: string): Promise<readonly CommentFault[]> {
  return (await find(path, text)).faults;
}

async function find(path: string, text: string): Promise<Found> {
  const key = createHash('sha256').update(path).update('\0').update(text).digest('hex');
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const tree = await readSyntax(path, text);
  const found = tree === undefined ? findPlain(path, text) : findInTree(path, tree);
  const oldest = remembered.size >= REMEMBERED_TEXTS ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(key, found);
  return found;
}

/** Gives each site an id of its own: equal names are counted in the order of the text. */
function createIdentity(path: string): (family: Family, name: string) => string {
  const seen = new Map<string, number>();
  return (family, name) => {
    const id = `${path}#${family}:${bounded(name)}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}~${count}`;
  };
}

/** Deep nesting must not make a key of the ledger long. */
function bounded(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - 9)}…${digest}`;
}

/** Characters. */
const LONGEST_NAME = 120;

function findInTree(path: string, tree: SyntaxTree): Found {
  const comments = tree.nodes.filter((node) => isComment(node.type));
  const directives = directivesOf(tree.text, comments);
  return obey(directives, tree.text, syntaxSites(path, tree, directives));
}

function syntaxSites(path: string, tree: SyntaxTree, directives: Directives): Site[] {
  const identify = createIdentity(path);
  const declared = declaredTypes(tree);
  const isVariable = createVariableTest(tree);
  const sites: Site[] = [];
  for (const node of tree.nodes) {
    const target = valueNode(tree, node);
    if (target !== undefined) {
      const place = placeOf(tree, target);
      const value = valueAt(declared, target, place, alternativesAt(directives, tree.text, target.start));
      if (value === undefined) continue;
      const prominence = isVariable(target, place) ? 'inner' : place.prominence;
      const family = familyOf(value, node, prominence);
      const isNamed = place.prominence !== 'inner';
      const text = tree.text.slice(target.start, target.end);
      sites.push({
        id: identify(
          family,
          isNamed ? place.path : `${place.path}:${fingerprint(tree, statementOf(target))}`,
        ),
        path,
        family,
        prominence,
        name: isNamed ? place.name : `${text} in ${place.name}`,
        category: categoryOf(place.path, OTHERWISE[family]),
        siblings: place.siblings,
        start: target.start,
        end: target.end,
        ...value,
      });
      continue;
    }
    const removal = removalAt(tree, node);
    if (removal === undefined) continue;
    const place = placeOf(tree, node);
    sites.push({
      ...removal,
      kind: 'removal',
      id: identify(removal.family, `${place.path}:${fingerprint(tree, node)}`),
      path,
      prominence: 'inner',
      name: place.name,
      category: 'removal',
      siblings: 1,
    });
  }
  return sites;
}

const OTHERWISE: Readonly<Record<Family, Category>> = {
  alternatives: 'algorithm',
  switch: 'algorithm',
  'inner-switch': 'algorithm',
  number: 'numeric',
  'inner-number': 'numeric',
  statement: 'removal',
  term: 'removal',
};

function familyOf(value: Value, node: SyntaxNode, prominence: Prominence): Family {
  const isBoolean = node.type === 'true' || node.type === 'false';
  if (value.kind === 'choice' && !isBoolean) return 'alternatives';
  if (isBoolean) return prominence === 'top' ? 'switch' : 'inner-switch';
  return prominence === 'inner' ? 'inner-number' : 'number';
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
    if (assigned.has(path) || node.type.startsWith('augmented')) variables.add(path);
    assigned.add(path);
  }
  return (value, place) => {
    const declaration = value.parent?.parent;
    const isLoopHead = declaration?.parent?.type === 'for_statement' && declaration.field === 'initializer';
    const isLet = declaration?.type === 'lexical_declaration' && textOf(tree, declaration).startsWith('let');
    return isLoopHead || isLet || variables.has(place.path);
  };
}

const ASSIGNMENTS = new Set(['assignment', 'augmented_assignment']);

function findPlain(path: string, text: string): Found {
  const directives = plainDirectives(path, text);
  return obey(directives, text, plainSites(path, text, directives));
}

function plainSites(path: string, text: string, directives: Directives): Site[] {
  const identify = createIdentity(path);
  return plainValues(path, text, directives).map(({ name, value, start, end }) => {
    const isBoolean = value.kind === 'choice' && (value.value === 'true' || value.value === 'false');
    const family = value.kind === 'number' ? 'number' : isBoolean ? 'switch' : 'alternatives';
    return {
      id: identify(family, name),
      path,
      family,
      prominence: 'top',
      name,
      category: categoryOf(name, 'other'),
      siblings: 1,
      start,
      end,
      ...value,
    };
  });
}

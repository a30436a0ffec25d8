import { createHash } from 'node:crypto';
import { readSyntax } from '../syntax/nodes.ts';
import { isComment, type SyntaxTree } from '../syntax/tree.ts';
import { categoryOf } from './category.ts';
import { withConditions } from './conditions.ts';
import { type CommentFault, type Directives, directivesOf, obey } from './directives.ts';
import { createIdentity } from './identity.ts';
import { plainDirectives, plainValues } from './plain.ts';
import type { Site } from './site.ts';
import { treeSites } from './tree-sites.ts';

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

function findInTree(path: string, tree: SyntaxTree): Found {
  const comments = tree.nodes.filter((node) => isComment(node.type));
  const directives = directivesOf(tree.text, comments);
  const { sites, nodes } = treeSites(path, tree, directives);
  const obeyed = obey(directives, tree.text, sites);
  return { ...obeyed, sites: withConditions(tree, obeyed.sites, nodes).filter(isWorthwhile) };
}

/** In a branch that an alternative names, the author has said already what may stand there: `case 'relu'`. */
function isWorthwhile({ family, condition }: Site): boolean {
  return family !== 'kin' || !/#alternatives:/.test(condition?.site ?? '');
}

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

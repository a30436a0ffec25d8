import type { Tree } from 'web-tree-sitter';
import { languagesOf, parserOf } from './language.ts';
import { copyTree, isComment, type SyntaxTree } from './tree.ts';

/** Characters. A longer file is not read as a syntax tree: it is data, or generated. */
const LONGEST_SOURCE = 1_000_000;

/** The syntax tree of a text, or undefined for a language that is not read, or a text that is too long. */
export function readSyntax(path: string, text: string): Promise<SyntaxTree | undefined> {
  return withTree(path, text, (tree) => copyTree(tree, text));
}

/**
 * Named syntax nodes that are not comments: the measure of how simple a file is. Undefined for a language that is not
 * read as a syntax tree, and for a text of more than a million characters.
 */
export async function syntaxNodes(path: string, text: string): Promise<number | undefined> {
  return (await outlineOf(path, text))?.nodes;
}

/** Whether a text has no syntax error; undefined where nobody here can tell. */
export async function parses(path: string, text: string): Promise<boolean | undefined> {
  return (await outlineOf(path, text))?.parses;
}

interface Outline {
  readonly nodes: number;
  readonly parses: boolean;
}

/** Texts remembered: a champion is asked about with every proposal, and a proposal before and after its commit. */
const REMEMBERED = 16;
const outlines = new Map<string, Promise<Outline | undefined>>();

function outlineOf(path: string, text: string): Promise<Outline | undefined> {
  const key = `${path}\0${text}`;
  const known = outlines.get(key);
  const outline =
    known ?? withTree(path, text, (tree) => ({ nodes: countNodes(tree), parses: !tree.rootNode.hasError }));
  // The one that was asked for last is forgotten last.
  outlines.delete(key);
  outlines.set(key, outline);
  for (const oldest of outlines.keys()) {
    if (outlines.size <= REMEMBERED) break;
    outlines.delete(oldest);
  }
  return outline;
}

/** The tree lives in WebAssembly memory, so it never leaves this function. */
async function withTree<T>(path: string, text: string, use: (tree: Tree) => T): Promise<T | undefined> {
  if (text.length > LONGEST_SOURCE) return undefined;
  const languages = languagesOf(path);
  for (const [index, language] of languages.entries()) {
    const tree = (await parserOf(language)).parse(text);
    if (tree === null) throw new Error(`The parser of ${language} gave no tree for ${path}.`);
    try {
      const isLast = index === languages.length - 1;
      if (isLast || !tree.rootNode.hasError) return use(tree);
    } finally {
      tree.delete();
    }
  }
  return undefined;
}

function countNodes(tree: Tree): number {
  const cursor = tree.walk();
  try {
    let count = 0;
    for (;;) {
      const isCounted = cursor.nodeIsNamed && !isComment(cursor.nodeType);
      if (isCounted) count++;
      if (isCounted && cursor.gotoFirstChild()) continue;
      while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return count;
    }
  } finally {
    cursor.delete();
  }
}

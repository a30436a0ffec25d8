import type { Tree } from 'web-tree-sitter';

/**
 * A node copied out of WebAssembly memory, so that it is collected like any other value. Only named nodes and
 * operators are copied. Offsets are indices into the text, end exclusive.
 */
export interface SyntaxNode {
  /** As the grammar calls it; an operator's type is its text. */
  readonly type: string;
  /** The grammar's name for the place in the parent. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly parent: SyntaxNode | undefined;
  readonly children: readonly SyntaxNode[];
}

/** A text and its nodes, each before its children, so that nobody has to walk by recursion. */
export interface SyntaxTree {
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
  readonly hasError: boolean;
}

export function copyTree(tree: Tree, text: string): SyntaxTree {
  const nodes: SyntaxNode[] = [];
  const cursor = tree.walk();
  try {
    const open: { readonly node: SyntaxNode; readonly children: SyntaxNode[] }[] = [];
    for (;;) {
      const field = cursor.currentFieldName ?? undefined;
      let entered = false;
      if (cursor.nodeIsNamed || field === 'operator') {
        const parent = open.at(-1);
        const children: SyntaxNode[] = [];
        const node: SyntaxNode = {
          type: cursor.nodeType,
          field,
          start: cursor.startIndex,
          end: cursor.endIndex,
          parent: parent?.node,
          children,
        };
        nodes.push(node);
        parent?.children.push(node);
        entered = cursor.gotoFirstChild();
        if (entered) open.push({ node, children });
      }
      if (entered) continue;
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return { text, nodes, hasError: tree.rootNode.hasError };
        open.pop();
      }
    }
  } finally {
    cursor.delete();
  }
}

/** The child in a place of the grammar, if it is there. */
export function childAt(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function textOf(tree: SyntaxTree, node: SyntaxNode): string {
  return tree.text.slice(node.start, node.end);
}

/** The nodes around a node, innermost first. */
export function* around(node: SyntaxNode): Generator<SyntaxNode> {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) yield outer;
}

export function isComment(type: string): boolean {
  return type === 'comment' || type === 'html_comment';
}

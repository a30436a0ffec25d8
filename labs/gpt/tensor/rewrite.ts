/** Passes over a finished list of nodes, before it is written: what only the whole graph can tell. */

import type { OnnxNode } from './onnx.ts';

/** Keeps the nodes that the wanted values depend on, in their order. */
export function withoutUnused(nodes: readonly OnnxNode[], wanted: ReadonlySet<string>): OnnxNode[] {
  const needed = new Set(wanted);
  const alive: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    alive.push(node);
  }
  return alive.reverse();
}

/**
 * Gives values their output names. A value that a node makes takes the name at its source; one that is an input, or is
 * already an output under another name, is copied.
 */
export function nameOutputs(
  nodes: readonly OnnxNode[],
  outputs: readonly { readonly from: string; readonly to: string }[],
): OnnxNode[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const { from, to } of outputs) {
    if (made.has(from) && !renamed.has(from)) {
      renamed.set(from, to);
    } else {
      const source = renamed.get(from) ?? from;
      copies.push({
        operator: 'Identity',
        domain: 'standard',
        inputs: [source],
        outputs: [to],
        attributes: {},
      });
    }
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  return [
    ...nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    ...copies,
  ];
}

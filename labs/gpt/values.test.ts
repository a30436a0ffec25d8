import { describe, expect, it, test } from 'vitest';
import { extended, field, GRAPH_FIELD, graphOf, node } from './hostile-graph.ts';
import { GRAPH_LIMITS, inspectGraph } from './inspect.ts';
import { Refusal } from './refusal.ts';
import { LOGITS, TOKENS } from './shapes.ts';
import type { OnnxNode } from './tensor/onnx.ts';

const axis = (value: number): Partial<OnnxNode> => ({ attributes: { axis: { kind: 'integer', value } } });

describe('a small file that asks for much memory is refused before it gets any:', () => {
  const cases: [what: string, nodes: OnnxNode[], weights: Record<string, number[]>, reason: RegExp][] = [
    [
      'by a shape',
      [node('Expand', ['bytes', 'to'], [LOGITS])],
      { to: [512, 32, 64, 256] },
      /268435456 numbers, and at most/,
    ],
    [
      'by a depth',
      [node('OneHot', [TOKENS, 'deep', 'off and on'], [LOGITS])],
      { deep: [2 ** 31] },
      /and at most/,
    ],
    [
      'by a padding',
      [node('Pad', ['bytes', 'by'], [LOGITS])],
      { by: [0, 0, 0, 0, 0, 2 ** 40] },
      /and at most/,
    ],
    [
      'by broadcasting',
      [
        node('Reshape', ['bytes', 'column'], ['c']),
        node('Reshape', ['bytes', 'row'], ['r']),
        node('Add', ['c', 'r'], [LOGITS]),
      ],
      { column: [524288, 1], row: [1, 524288] },
      /274877906944 numbers/,
    ],
    [
      'by a product',
      [
        node('Reshape', ['bytes', 'column'], ['c']),
        node('Reshape', ['bytes', 'row'], ['r']),
        node('MatMul', ['c', 'r'], [LOGITS]),
      ],
      { column: [524288, 1], row: [1, 524288] },
      /274877906944 numbers/,
    ],
    [
      'by doubling',
      Array.from({ length: 40 }, (_, index) =>
        node(
          'Concat',
          [index === 0 ? 'bytes' : `d${index}`, index === 0 ? 'bytes' : `d${index}`],
          [`d${index + 1}`],
          axis(0),
        ),
      ),
      {},
      /and at most/,
    ],
    [
      'by many values',
      Array.from({ length: 2000 }, (_, index) => node('Neg', ['bytes'], [`n${index}`])),
      {},
      /more than 536870912 numbers in all/,
    ],
    [
      'by a shape that is computed',
      [
        node('Cast', [TOKENS], ['to'], { attributes: { to: { kind: 'integer', value: 7 } } }),
        node('Expand', ['bytes', 'to'], [LOGITS]),
      ],
      {},
      /a shape that is computed/,
    ],
    [
      'by an axis that is told in two ways',
      [
        node('Concat', ['bytes', 'bytes'], [LOGITS], {
          attributes: { axis: { kind: 'integers', value: [1] }, other: { kind: 'integer', value: 0 } },
        }),
      ],
      {},
      /an attribute other/,
    ],
    [
      'by the size of a slice',
      [node('Slice', ['bytes', 'from', 'to', 'along'], [LOGITS])],
      { from: [-5], to: [60], along: [1] },
      /counts from the end/,
    ],
  ];
  it.each(cases)('%s', (_, nodes, weights, reason) => {
    const file = graphOf(nodes, weights);
    expect(() => inspectGraph(file)).toThrow(Refusal);
    expect(() => inspectGraph(file)).toThrow(reason);
  });
});

describe('a graph is refused', () => {
  it.each<[what: string, nodes: OnnxNode[], reason: RegExp]>([
    ['uses what was never made', [node('Neg', ['nothing'], [LOGITS])], /uses nothing before it is made/],
    [
      'uses what is made later',
      [node('Neg', ['later'], [LOGITS]), node('Neg', ['bytes'], ['later'])],
      /uses later before/,
    ],
    ['makes a value twice', [node('Neg', ['bytes'], ['bytes'])], /makes bytes twice/],
    ['makes no output', [], /uses logits before it is made/],
    [
      'adds what does not fit',
      [node('Add', ['bytes', TOKENS], [LOGITS])],
      /inputs of the operator Add do not fit/,
    ],
    ['has an operator without inputs', [node('Neg', [], [LOGITS])], /needs more/],
    ['has an operator with other outputs', [node('Neg', ['bytes'], [LOGITS, 'more'])], /has 2 outputs/],
  ])('that %s', (_, nodes, reason) => {
    expect(() => inspectGraph(graphOf(nodes))).toThrow(Refusal);
    expect(() => inspectGraph(graphOf(nodes))).toThrow(reason);
  });

  it('that has an attribute which two readers might take for different ones', () => {
    const joined = graphOf([
      node('Concat', ['bytes', 'bytes'], ['two'], axis(0)),
      node('Neg', ['bytes'], [LOGITS]),
    ]);
    const attribute = [GRAPH_FIELD, [1, 1], [5, 0]] as const;
    expect(() => inspectGraph(joined)).not.toThrow();
    expect(() => inspectGraph(extended(joined, attribute, field(8, 1)))).toThrow(/axis .* of two types/);
    const twice = extended(
      joined,
      [GRAPH_FIELD, [1, 1]],
      field(5, Buffer.concat([field(1, 'axis'), field(3, 1), field(20, 2)])),
    );
    expect(() => inspectGraph(twice)).toThrow(/axis .* stands twice/);
  });
});

test('what is made is counted whether it is used or not, inputs and weights too', () => {
  const file = graphOf([node('Neg', ['bytes'], ['unused']), node('Neg', ['bytes'], [LOGITS])]);
  const all = 2048 + 1 + 2 + 3 * 2048 * 256;
  expect(() => inspectGraph(file, { ...GRAPH_LIMITS, allNumbers: all })).not.toThrow();
  expect(() => inspectGraph(file, { ...GRAPH_LIMITS, allNumbers: all - 1 })).toThrow(
    `more than ${all - 1} numbers in all`,
  );
  expect(() => inspectGraph(file, { ...GRAPH_LIMITS, numbers: 2048 * 256 - 1 })).toThrow(
    /bytes of 524288 numbers/,
  );
});

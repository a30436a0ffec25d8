import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { loadForward } from './forward.ts';
import {
  changed,
  extended,
  field,
  firstNode,
  firstWeights,
  GRAPH_FIELD,
  graphOf,
  node,
  without,
} from './hostile-graph.ts';
import { GRAPH_LIMITS, inspectGraph, readGraph } from './inspect.ts';
import { Refusal } from './refusal.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';

const PLAIN = graphOf([node('Identity', ['bytes'], [LOGITS])]);

const branch = Buffer.concat([
  field(1, Buffer.concat([field(1, 'bytes'), field(2, 'inner'), field(4, 'Identity')])),
  field(2, 'branch'),
  field(12, Buffer.concat([field(1, 'inner'), field(2, field(1, field(1, 1)))])),
]);
const branchAttribute = (name: string) =>
  field(5, Buffer.concat([field(1, name), field(6, branch), field(20, 5)]));

const HOSTILE: [what: string, file: Uint8Array, reason: RegExp][] = [
  [
    'that draws random numbers',
    graphOf([node('RandomNormalLike', ['bytes'], [LOGITS])]),
    /operator RandomNormalLike is none that may be run/,
  ],
  [
    'that has a subgraph',
    extended(
      graphOf(
        [
          node('Cast', ['one'], ['yes'], { attributes: { to: { kind: 'integer', value: 9 } } }),
          node('If', ['yes'], [LOGITS]),
        ],
        { one: [1] },
      ),
      [GRAPH_FIELD, [1, 2]],
      branchAttribute('then_branch'),
      branchAttribute('else_branch'),
    ),
    /operator If is none that may be run/,
  ],
  [
    'with an operator beside the standard',
    graphOf([node('Gelu', ['bytes'], [LOGITS], { domain: 'runtime' })]),
    /operators of com.microsoft, and none beside the ONNX standard/,
  ],
  [
    'that asks for operators beside the standard',
    extended(PLAIN, [], field(8, Buffer.concat([field(1, 'com.microsoft'), field(2, 1)]))),
    /operators of com.microsoft/,
  ],
  [
    'of another version of the operators',
    changed(PLAIN, [[8, 0]], () => Buffer.concat([field(1, ''), field(2, 13)])),
    /another version of the operators than 17/,
  ],
  [
    'of another version of the format',
    changed(PLAIN, [], (file) => Buffer.concat([field(1, 7), file.subarray(2)])),
    /format 8/,
  ],
  [
    'with functions of its own',
    extended(PLAIN, [], field(25, Buffer.concat([field(1, 'f'), field(10, 'own')]))),
    /functions of its own/,
  ],
  [
    'with metadata',
    extended(PLAIN, [], field(14, Buffer.concat([field(1, 'a'), field(2, 'b')]))),
    /in field 14/,
  ],
  [
    'with weights in fields of their own type',
    extended(without(PLAIN, firstWeights, 9), firstWeights, field(5, 256)),
    /a block of weights holds what no exported graph holds, in field 5/,
  ],
  [
    'with a text for weights',
    extended(PLAIN, [GRAPH_FIELD], field(5, Buffer.concat([field(1, 0), field(2, 8), field(8, 'texts')]))),
    /the weights texts are neither float32 nor int32 nor int64/,
  ],
];

describe('a graph is refused, though the runtime would take it,', () => {
  it.each(HOSTILE)('%s', async (_, file, reason) => {
    await expect(loadForward(file)).resolves.toBeTypeOf('function');
    expect(() => inspectGraph(file)).toThrow(Refusal);
    expect(() => inspectGraph(file)).toThrow(reason);
  });

  it('whose weights lie in another file, such as the text that it is scored on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ratchet weights '));
    const before = process.cwd();
    try {
      writeFileSync(join(folder, 'book.txt'), Buffer.alloc(4 * VOCABULARY ** 2));
      const elsewhere = Buffer.concat([field(1, 'location'), field(2, 'book.txt')]);
      const sizes = [field(1, VOCABULARY), field(1, VOCABULARY)];
      const book = [...sizes, field(2, 1), field(8, 'book'), field(13, elsewhere), field(14, 1)];
      const reader = graphOf([node('Gather', ['book', TOKENS], [LOGITS])]);
      const file = extended(reader, [GRAPH_FIELD], field(5, Buffer.concat(book)));
      process.chdir(folder);
      await expect(loadForward(file)).resolves.toBeTypeOf('function');
      expect(() => inspectGraph(file)).toThrow('a block of weights holds the name of another file');
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a graph is refused, with a sentence,', () => {
  const secret = field(1, Buffer.concat([field(2, 'x'), field(4, 'RandomUniform')]));
  const cases: [what: string, file: Uint8Array, reason: RegExp][] = [
    ['that is empty', new Uint8Array(), /no ONNX/],
    ['that is text', Buffer.from('not a model'), /no ONNX/],
    ['that holds no graph', without(PLAIN, [], 7), /holds no graph/],
    ['with training', extended(PLAIN, [], field(20, '')), /the file holds training/],
    [
      'in two parts, which the runtime would join',
      extended(PLAIN, [], field(7, secret)),
      /tells its graph twice/,
    ],
    [
      'with an operator told twice',
      extended(PLAIN, firstNode, field(4, 'RandomUniformLike')),
      /operator twice/,
    ],
    ['with a node of another domain', extended(PLAIN, firstNode, field(7, 'ai.onnx.ml')), /ai\.onnx\.ml/],
    ['with a node that has no operator', without(PLAIN, firstNode, 4), /operator {2}is none/],
    [
      'with a graph in an attribute of an operator that may be run',
      extended(PLAIN, firstNode, branchAttribute('body')),
      /an attribute of the operator OneHot holds a graph/,
    ],
    [
      'with graphs in an attribute',
      extended(PLAIN, firstNode, field(5, field(11, branch))),
      /an attribute of the operator OneHot holds graphs/,
    ],
    ['with a tensor in an attribute', extended(PLAIN, firstNode, field(5, field(5, ''))), /holds a tensor/],
    ['with sparse weights', extended(PLAIN, [GRAPH_FIELD], field(15, '')), /holds sparse weights/],
    [
      'with data that lies elsewhere',
      extended(PLAIN, firstWeights, field(14, 1)),
      /data that lies elsewhere/,
    ],
    [
      'with fewer weights than it says',
      extended(PLAIN, firstWeights, field(1, 2)),
      /need 8 bytes in the file, and have 4/,
    ],
    ['with less than no weights', extended(PLAIN, firstWeights, field(1, -1)), /need \d+ bytes/],
    [
      'with weights of endless axes',
      extended(PLAIN, firstWeights, ...new Array(17).fill(field(1, 1))),
      /17 axes/,
    ],
    [
      'with sizes in one piece',
      extended(PLAIN, firstWeights, field(1, Buffer.from([1, 1]))),
      /sizes of another kind/,
    ],
    [
      'with a name that clears the screen',
      extended(without(PLAIN, firstNode, 3), firstNode, field(3, '\u001b[2J')),
      /cannot be printed/,
    ],
    [
      'with the name of an output that clears the screen',
      changed(PLAIN, [GRAPH_FIELD, [12, 0]], () => field(1, '\u001b[2J')),
      /an input or output has a text, its name, that cannot be printed/,
    ],
    [
      'with a name that is no text',
      extended(without(PLAIN, firstNode, 3), firstNode, field(3, Buffer.from([255]))),
      /cannot be printed/,
    ],
    [
      'with a number longer than it needs to be',
      Buffer.concat([Buffer.from([8, 0x88, 0]), PLAIN.subarray(2)]),
      /longer than/,
    ],
    ['with a number of more than 64 bits', Buffer.from([8, ...new Array(9).fill(255), 2]), /longer than/],
    [
      'of very many empty parts',
      changed(PLAIN, [GRAPH_FIELD], () => Buffer.alloc(2_000_000, field(1, ''))),
      /more than 50000 parts/,
    ],
  ];
  it.each(cases)('%s', (_, file, reason) => {
    expect(() => inspectGraph(file)).toThrow(Refusal);
    expect(() => inspectGraph(file)).toThrow(reason);
  });

  it.each(
    `Loop Scan SequenceMap Optional Multinomial Bernoulli RandomNormal RandomUniform Dropout LSTM BatchNormalization
    StringNormalizer Where CumSum Conv add ${'A'.repeat(2000)}`.split(/\s+/),
  )('with the operator %s', (operator) => {
    const file = graphOf([node(operator, ['bytes'], [LOGITS])]);
    expect(() => inspectGraph(file)).toThrow(Refusal);
  });

  it('that is ONNX to one reader, and to the runtime something else', () => {
    const nameless = without(PLAIN, [GRAPH_FIELD], 2);
    const marked = (name: string) => {
      const file = changed(nameless, [GRAPH_FIELD], (graph) => Buffer.concat([field(2, name), graph]));
      return Buffer.concat([file.subarray(2), file.subarray(0, 2)]);
    };
    // The length of the name is the letter before its text.
    expect(() => inspectGraph(marked(`RTM${' '.repeat('O'.charCodeAt(0) - 3)}`))).toThrow(
      /in another format/,
    );
    expect(() => inspectGraph(marked(`RTM${' '.repeat('P'.charCodeAt(0) - 3)}`))).not.toThrow();
  });

  it('of more nodes than that', () => {
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const chain = names.map((name, index) => node('Neg', [names[index - 1] ?? 'bytes'], [name]));
    const file = graphOf([...chain, node('Neg', ['n9'], [LOGITS])]);
    expect(() => inspectGraph(file, { ...GRAPH_LIMITS, nodes: 12 })).not.toThrow();
    expect(() => inspectGraph(file, { ...GRAPH_LIMITS, nodes: 11 })).toThrow('12 nodes, and at most 11');
  });
});

test('a file is refused before it is read where it is larger than that, and where there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet graph '));
  try {
    const file = join(folder, 'model.onnx');
    expect(() => readGraph(file)).toThrow(/no such file/);
    writeFileSync(file, PLAIN);
    expect(readGraph(file, { ...GRAPH_LIMITS, bytes: PLAIN.length })).toEqual(Buffer.from(PLAIN));
    expect(() => readGraph(file, { ...GRAPH_LIMITS, bytes: PLAIN.length - 1 })).toThrow(Refusal);
    truncateSync(file, GRAPH_LIMITS.bytes + 1);
    expect(() => readGraph(file)).toThrow(
      `${GRAPH_LIMITS.bytes + 1} bytes, and at most ${GRAPH_LIMITS.bytes} are read`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a damaged file', () => {
  /** Whatever is done to a file, it is refused, or it gives logits. */
  async function isSettled(file: Uint8Array): Promise<void> {
    try {
      inspectGraph(file);
      const forward = await loadForward(file);
      await forward(new Int32Array(EVALUATION_BATCH * CONTEXT));
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
    }
  }

  it('that was cut off anywhere is refused', () => {
    for (let length = 0; length < PLAIN.length; length++) {
      expect(() => inspectGraph(PLAIN.subarray(0, length))).toThrow(Refusal);
    }
  });

  it('with any bytes exchanged is refused, or is a graph', async () => {
    const damage = fc.array(fc.tuple(fc.nat(PLAIN.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(damage, async (damaged) => {
        const file = Uint8Array.from(PLAIN);
        for (const [place, byte] of damaged) file[place] = byte;
        await isSettled(file);
      }),
      { numRuns: 200 },
    );
  });

  it('of any bytes at all is refused', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), isSettled));
  });
});

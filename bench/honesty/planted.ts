import { createRandom } from '../../src/model/random.ts';
import type { Edit, Nature, Piece } from './edit.ts';
import { NO_OPS } from './no-ops.ts';

/** How many changes that do nothing the others hide among. */
const HIDING_PLACES = 200;

const to = (start: string, value: string, end = ';'): Piece => ({
  kind: 'rewrite',
  start,
  end,
  text: () => value,
});

const UNIT = `/** Queries and keys of unit size (Henry and others 2020). */
function unit(vectors: Tensor): Tensor {
  return multiply(vectors, reciprocal(squareRoot(add(mean(square(vectors), [-1], true), 1e-5))));
}
`;

const PREVIOUS = `/** Each byte with half of the one before it: attention need not find it first. */
function withPrevious(bytes: Tensor): Tensor {
  const none = multiply(slice(bytes, 1, 0, 1), 0);
  return add(bytes, multiply(concatenate([none, slice(bytes, 1, 0, CONTEXT - 1)], 1), 0.5));
}
`;

const ORTHOGONAL = `/** Muon: the nearest orthogonal matrix, by five steps of Newton and Schulz (Jordan and others 2024). */
function orthogonal(matrix: Tensor): Tensor {
  const [rows = 1, columns = 1] = matrix.shape;
  const size = add(squareRoot(multiply(mean(square(matrix), [0, 1], true), rows * columns)), 1e-7);
  let estimate = multiply(matrix, reciprocal(size));
  for (let turn = 0; turn < 5; turn++) {
    const isTall = rows > columns;
    const gram = matmul(estimate, estimate, isTall ? { transposeA: true } : { transposeB: true });
    const bend = add(multiply(gram, -4.775), multiply(matmul(gram, gram), 2.0315));
    estimate = add(multiply(estimate, 3.4445), isTall ? matmul(estimate, bend) : matmul(bend, estimate));
  }
  return multiply(estimate, 0.8 * Math.sqrt(Math.max(rows, columns)));
}
`;

/**
 * Real improvements of the baseline at 5 CPU-seconds, by what each was measured to be worth alone: rotary -0.325, one layer
 * -0.310, Muon -0.343, squared ReLU -0.193, QK norm -0.130, a rate of 2e-3 -0.121, Kaiming -0.096, scale 2 -0.050 (the table of
 * labs/gpt/README.md); a hidden layer of half the width -0.149 and the previous byte -0.211
 * (one seed each, at steps in proportion to their cost). In a stack they add up to less.
 */
const GAINS: readonly Edit[] = [
  gain('rotary positions', 'architecture', to('const positions: Positions = ', "'rotary'")),
  gain('one layer', 'size', to('const layers = ', '1')),
  gain('squared ReLU', 'activation', to('const activation: Activation = ', "'relu-squared'")),
  gain('rate of 2e-3', 'optimiser', to('const learningRate = ', '2e-3')),
  gain(
    'Kaiming initialisation',
    'initialisation',
    to('const initialisation: Initialisation = ', "'kaiming'"),
  ),
  gain('query-key scale of 2', 'numeric', to('const queryKeyScale = ', '2')),
  gain(
    'previous byte beside each byte',
    'architecture',
    to('let stream = ', 'withPrevious(gather(weights.bytes!, tokens))'),
    { kind: 'insert', before: 'function attention(', text: PREVIOUS },
  ),
  gain('hidden layer of half the width', 'size', to('const hiddenFactor = ', '2')),
  gain(
    'query and key of unit size',
    'normalisation',
    to('const mixed = causalAttention(', 'unit(place(query!)), unit(place(key!))', ', value!, { scale });'),
    { kind: 'insert', before: 'function feedForward(', text: UNIT },
  ),
  gain(
    "Muon on the blocks' matrices",
    'optimiser',
    to(
      'const change = ',
      '/^\\d+[.](attention|hidden)[.](in|out)$/.test(name) ? orthogonal(average) : divide',
      '(',
    ),
    { kind: 'insert', before: 'function blend(', text: ORTHOGONAL },
  ),
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is source, to be found as it stands.
const GAIN_LINE = 'filled(`${name}.gain`, width, ';

/** Changes that cost the baseline more than a tenth of a bit at 5 CPU-seconds, each on lines of its own. */
const HARMS: readonly Edit[] = [
  harm('second beta of 0.5', 'optimiser', to('const varianceDecay = ', '0.5')),
  harm('weight decay of 5', 'regularisation', to('const weightDecay = ', '5')),
  harm('warm-up to the end', 'schedule', to('const warmupFraction = ', '1')),
  harm('a quarter of the width', 'size', to('const headWidth = ', '4')),
  harm(
    'head of zeros',
    'initialisation',
    to("if (!tiedEmbeddings) table('head', width, VOCABULARY, ", '0', ');'),
  ),
  harm('gains of a hundredth', 'normalisation', to(GAIN_LINE, '0.01', ');')),
  harm(
    'epsilon of 100 under the norms',
    'numeric',
    to('const spread = squareRoot(add(mean(square(centred), [-1], true), ', '100', '));'),
  ),
  harm(
    'epsilon of 1 in the optimiser',
    'numeric',
    to('add(squareRoot(multiply(variance, clock.varianceCorrection!)), ', '1', '),'),
  ),
  harm('a tenth of the rate', 'schedule', to('rate: ', 'learningRate * warmup * cooldown * 0.1', ',')),
  harm(
    'logits of a hundredth',
    'architecture',
    to(': matmul(stream, ', 'multiply(weights.head!, 0.01)', ');'),
  ),
];

function gain(name: string, category: Edit['category'], ...pieces: readonly Piece[]): Edit {
  return planted('gain', name, category, pieces);
}

function harm(name: string, category: Edit['category'], ...pieces: readonly Piece[]): Edit {
  return planted('harm', name, category, pieces);
}

function planted(nature: Nature, name: string, category: Edit['category'], pieces: readonly Piece[]): Edit {
  return { name, nature, category, pieces };
}

/** Ten gains and ten harms, without what hides them. */
export const PLANTED: readonly Edit[] = [...GAINS, ...HARMS];

/** All of a planted study in the order in which they are proposed: always the same one, drawn once by lot. */
export function hiddenEdits(): Edit[] {
  return shuffled([...PLANTED, ...NO_OPS.slice(0, HIDING_PLACES)], SHUFFLE);
}

const SHUFFLE = 2026;

/** Fisher and Yates. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = createRandom(seed);
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}

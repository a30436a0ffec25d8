import type { Category } from '../../src/model/category.ts';
import type { Edit } from './edit.ts';

/** A number of `train.ts` that costs no time to be another one, and the line that it stands on. */
interface Place {
  readonly name: string;
  readonly category: Category;
  readonly start: string;
  readonly end: string;
}

/** Lines that no planted edit touches, nor a neighbour of theirs. */
const PLACES: readonly Place[] = [
  { name: 'deviation', category: 'initialisation', start: 'const deviation = ', end: ';' },
  {
    name: 'byte table',
    category: 'initialisation',
    start: "table('bytes', VOCABULARY, width, ",
    end: ');',
  },
  {
    name: 'position table',
    category: 'initialisation',
    start: "if (positions === 'learned') table('positions', CONTEXT, width, ",
    end: ');',
  },
  {
    name: 'matrices',
    category: 'initialisation',
    start: 'table(name, inputs, outputs, ',
    end: ');',
  },
  {
    name: 'draws',
    category: 'initialisation',
    start: 'const data = gaussian(name, rows * columns).map((draw) => ',
    end: ');',
  },
  { name: 'first beta', category: 'optimiser', start: 'const meanDecay = ', end: ';' },
  {
    name: 'fresh share',
    category: 'optimiser',
    start: 'return add(multiply(old, decay), multiply(fresh, ',
    end: '));',
  },
  {
    name: 'variance correction',
    category: 'optimiser',
    start: 'varianceCorrection: ',
    end: ',',
  },
  {
    name: 'decay of weights',
    category: 'regularisation',
    start: 'const pull = isDecayed ? add(change, multiply(weight, ',
    end: ')) : change;',
  },
];

/** One unit in the last place of a 32-bit float near 1, from above: what each factor is off by is a multiple of it. */
const LAST_PLACE = 1.2e-7;
const MOST_PLACES = 12;

const factors: readonly string[] = Array.from({ length: MOST_PLACES }, (_, index) => [
  (1 + (index + 1) * LAST_PLACE).toFixed(8),
  (1 - (index + 1) * LAST_PLACE).toFixed(8),
]).flat();

/** Numbers that division by does not undo a multiplication with, to the last bit: powers of two would. */
const DIVISORS = [3, 5, 7, 9, 11, 13] as const;

/** There and back, with both results rounded to a 32-bit float. */
const thereAndBack = (divisor: number) => (old: string) =>
  `Math.fround(Math.fround((${old}) * ${divisor}) / ${divisor})`;

const times = (factor: string) => (old: string) => `(${old}) * ${factor}`;

/** A shift of a number by this share is a tenth of its rounding error up to several of it. */
const SHIFTS = ['1e-8', '3e-8', '1e-7', '3e-7', '-1e-8', '-3e-8', '-1e-7', '-3e-7'] as const;
const shifted = (share: string) => (old: string) => `(${old}) + (${old}) * ${share}`;

/**
 * Edits that change nothing but rounding, at a cost of no time: numbers off in their last binary places, multiplied and
 * divided by the same odd number, or with something added that is lost in rounding. Each is about what stands there
 * already, so it changes nothing on any champion, and each has more syntax than before: none is a simplification.
 * Measured in steps of `labs/gpt`, they change the score by less than a millionth.
 */
export const NO_OPS: readonly Edit[] = [
  ...factors.flatMap((factor) => PLACES.map((place) => noOp(place, `times ${factor}`, times(factor)))),
  ...DIVISORS.flatMap((divisor) =>
    PLACES.map((place) => noOp(place, `times ${divisor} and back`, thereAndBack(divisor))),
  ),
  ...SHIFTS.flatMap((share) => PLACES.map((place) => noOp(place, `plus ${share} of it`, shifted(share)))),
];

function noOp({ name, category, start, end }: Place, what: string, text: (old: string) => string): Edit {
  return {
    name: `${name} ${what}`,
    nature: 'no-op',
    category,
    pieces: [{ kind: 'rewrite', start, end, text }],
  };
}

import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { climb, climbByMargin, type LadderAnswer } from './ladder.ts';

const DOCUMENTS = 4000;
const CHECKED = [100, 400, 1000] as const;
const ATTACKS = 10;

/** Everything the holdout can say of a submission. */
type Holdout = (losses: readonly number[]) => number;

function fullScores(): Holdout {
  return (losses) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** The best loss that was told so far. */
function ladder(): Holdout {
  let best: readonly number[] | undefined;
  let told = 1;
  return (losses) => {
    const step = climb(best, losses);
    best = step.best;
    if (step.answer.kind === 'better') told = step.answer.loss;
    return told;
  };
}

function ladderByMargin(margin: number): Holdout {
  let told: number | undefined;
  return (losses) => {
    const answer = climbByMargin(told, fullScores()(losses), margin);
    if (answer.kind === 'better') told = answer.loss;
    return told!;
  };
}

/**
 * The boosting attack: guesses of labels that nothing can predict are voted together if the holdout liked them. Returns
 * what it says of the vote after so many guesses, on average over some attacks.
 */
function attack(holdout: () => Holdout, likes: (loss: number, before: number) => boolean): number[] {
  const random = createRandom(6);
  const told = CHECKED.map(() => 0);
  for (let round = 0; round < ATTACKS; round++) {
    const ask = holdout();
    const labels = guess(random);
    const votes = new Int32Array(DOCUMENTS);
    let before = 1;
    for (let submissions = 1; submissions <= CHECKED.at(-1)!; submissions++) {
      const guessed = guess(random);
      const loss = ask(lossesOf(guessed, labels));
      if (likes(loss, before))
        for (let index = 0; index < DOCUMENTS; index++) votes[index]! += guessed[index]!;
      before = loss;
      const at = CHECKED.indexOf(submissions as (typeof CHECKED)[number]);
      if (at >= 0) told[at]! += ask(lossesOf(votes, labels)) / ATTACKS;
    }
  }
  return told;
}

type Labels = Int8Array | Int32Array;

/** Labels of +1 and -1, 32 of them from one number. */
function guess(random: () => number): Int8Array {
  const labels = new Int8Array(DOCUMENTS);
  let bits = 0;
  for (let index = 0; index < DOCUMENTS; index++) {
    if (index % 32 === 0) bits = random() * 2 ** 32;
    labels[index] = (bits >>> (index % 32)) & 1 ? 1 : -1;
  }
  return labels;
}

/** A vote that is undecided says +1, which is as good as any guess. */
function lossesOf(votes: Labels, labels: Int8Array): number[] {
  const losses: number[] = [];
  for (let index = 0; index < DOCUMENTS; index++)
    losses.push(votes[index]! >= 0 === labels[index]! >= 0 ? 0 : 1);
  return losses;
}

const likesHalf = (loss: number) => loss <= 0.5;
const likesBetter = (loss: number, before: number) => loss < before;

test('full scores leak: the vote of 100, 400 and 1,000 guesses is told to lose .464, .431 and .387, give or take .008', () => {
  // Three standard errors of ten attacks.
  expectNear(attack(fullScores, likesHalf), [0.464, 0.431, 0.387], 0.008);
});

test('the ladder holds: it tells .483, .481 and .477 after as many guesses, give or take .006', () => {
  expectNear(attack(ladder, likesBetter), [0.483, 0.481, 0.477], 0.006);
});

test('a ladder with a fixed margin of .02 holds, too', () => {
  expectNear(
    attack(() => ladderByMargin(0.02), likesBetter),
    [0.49, 0.485, 0.48],
    0.006,
  );
});

function expectNear(told: readonly number[], expected: readonly number[], allowance: number): void {
  for (const [index, loss] of expected.entries())
    expect(Math.abs(told[index]! - loss)).toBeLessThan(allowance);
}

test('the first submission is told its loss, to no more digits than its standard error', () => {
  const losses = Array.from({ length: 100 }, (_, index) => (index < 37 ? 1 : 0));
  const { answer } = climb(undefined, losses);
  // The standard error is .048, and .37 is nearest to 12 steps of a 32nd.
  expect(answer).toEqual({ kind: 'better', loss: 12 / 32 });
  expect(climbByMargin(undefined, 0.37, 0.05)).toEqual({ kind: 'better', loss: 0.35000000000000003 });
});

test('what is no better by a standard error is told nothing, and changes nothing', () => {
  const best = [1, 0, 1, 0, 1, 0, 1, 0];
  const slightly = [0, 1, 0, 0, 1, 0, 1, 0];
  expect(climb(best, slightly)).toEqual({ answer: { kind: 'no better' }, best });
  expect(climb(best, best).answer.kind).toBe('no better');
  expect(climbByMargin(0.5, 0.46, 0.05)).toEqual({ kind: 'no better' });
});

test('what is better by more is told, and is the one to beat from then on', () => {
  const best = [1, 0, 1, 0, 1, 0, 1, 0];
  const better = [1, 0, 0, 0, 0, 0, 0, 0];
  const step = climb(best, better);
  expect(step.answer.kind).toBe('better');
  expect(step.best).toBe(better);
  expect(climb(step.best, best).answer.kind).toBe('no better');
});

test('a gain that is the same on every document is told whole', () => {
  const answer: LadderAnswer = { kind: 'better', loss: 2.25 };
  expect(
    climb(
      [3, 4, 2.5],
      [2.25, 3.25, 1.75].map((loss, index) => loss - [0.25, 0.25, 0][index]!),
    ).answer.kind,
  ).toBe('better');
  expect(climb([3, 3], [2.25, 2.25]).answer).toEqual(answer);
});

test('losses of other documents are refused', () => {
  expect(() => climb([1, 0], [1])).toThrow('1 losses are compared with 2');
});

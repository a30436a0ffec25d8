import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_PROPOSALS, readAnswer } from './answer.ts';

const PROPOSAL = {
  hypothesis: 'raise the rate, since it was never moved',
  category: 'optimiser',
  expected_gain: 0.02,
  edits: [{ path: 'train.ts', search: 'rate = 1', replace: 'rate = 2' }],
};
const WRITTEN = {
  hypothesis: PROPOSAL.hypothesis,
  category: 'optimiser',
  expectedGain: 0.02,
  edits: PROPOSAL.edits,
};
const JSON_TEXT = JSON.stringify({ proposals: [PROPOSAL] });

describe('an answer is read', () => {
  test.each([
    ['alone', JSON_TEXT],
    ['printed over several lines', JSON.stringify({ proposals: [PROPOSAL] }, null, 2)],
    ['in a fence, with prose around it', `I looked at it.\n\`\`\`json\n${JSON_TEXT}\n\`\`\`\nGood luck!`],
    ['in a fence without a name', `\`\`\`\n${JSON_TEXT}\n\`\`\``],
    ['among prose', `<think>{a} or {b}?</think>\nHere {it} is: ${JSON_TEXT} That is all.`],
    ['as one proposal without a list', JSON.stringify(PROPOSAL)],
  ])('%s', (_, text) => {
    expect(readAnswer(text)).toEqual({ kind: 'read', proposals: [WRITTEN], flaws: [] });
  });

  test('with a category that is none as one of another kind, and without a gain where it is no number', () => {
    const text = JSON.stringify({ proposals: [{ ...PROPOSAL, category: 'magic', expected_gain: 'a lot' }] });
    const { expectedGain: _, ...rest } = WRITTEN;
    expect(readAnswer(text)).toEqual({
      kind: 'read',
      proposals: [{ ...rest, category: 'other' }],
      flaws: [],
    });
  });
});

describe('an answer is flawed, with a reason that says how to mend it,', () => {
  test.each([
    ['where it is prose', 'I would raise the learning rate.', /holds no JSON object/],
    ['where its JSON is cut off', JSON_TEXT.slice(0, -9), /cannot be parsed/],
    ['where it is longer than anybody reads', 'x'.repeat(1_000_000), /1000000 characters/],
    ['where it is empty', '', /holds no JSON/],
  ])('%s', (_, text, reason) => {
    expect(readAnswer(text)).toEqual({ kind: 'flawed', reason: expect.stringMatching(reason) });
  });
});

describe('proposals are read each by itself', () => {
  const proposalsOf = (...proposals: unknown[]) => readAnswer(JSON.stringify({ proposals }));

  test('and one that is flawed spoils none of the others', () => {
    expect(proposalsOf({ ...PROPOSAL, edits: [] }, PROPOSAL, { ...PROPOSAL, hypothesis: ' ' })).toEqual({
      kind: 'read',
      proposals: [WRITTEN],
      flaws: [
        expect.stringMatching(/^proposal 1: edits: /),
        expect.stringMatching(/^proposal 3: hypothesis: /),
      ],
    });
  });

  test('up to a bound, and the rest is dropped', () => {
    const reading = proposalsOf(...Array(MOST_PROPOSALS + 3).fill(PROPOSAL));
    expect(reading).toMatchObject({ kind: 'read', flaws: [] });
    expect(reading.kind === 'read' && reading.proposals.length).toBe(MOST_PROPOSALS);
  });

  test('and none is no flaw: the model has no idea', () => {
    expect(proposalsOf()).toEqual({ kind: 'read', proposals: [], flaws: [] });
  });
});

test('no text at all makes it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `\`\`\`json\n${text}\n\`\`\``),
      ),
      (text) => {
        expect(['read', 'flawed']).toContain(readAnswer(text).kind);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

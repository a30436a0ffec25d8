import * as z from 'zod';
import { CATEGORIES, type Category } from '../../model/category.ts';
import type { Edit } from './edits.ts';

/** Proposals of one answer that are read; the rest is dropped. */
export const MOST_PROPOSALS = 8;
/** Edits of one proposal. */
const MOST_EDITS = 40;
/** Characters of one answer that are looked at. */
const MOST_TEXT = 200_000;
/** Places of it that may be the object. */
const MOST_CANDIDATES = 12;

/** One proposal as a model writes it. */
export interface Written {
  readonly hypothesis: string;
  readonly category: Category;
  /** In the metric's unit, positive is better; absent where the model has no idea. */
  readonly expectedGain?: number;
  readonly edits: readonly Edit[];
}

const edit = z.object({
  path: z.string().min(1).describe('a file that may be edited, as it is named above'),
  search: z
    .string()
    .describe('lines of the file, exactly as they are, that occur once; empty for a new file'),
  replace: z.string().describe('what stands there instead'),
});

/** What a provider is asked to hold a model to. Every key is there, since strict ones know no optional keys. */
export const answerShape = z.object({
  proposals: z.array(
    z.object({
      hypothesis: z.string().describe('one sentence: what changes, why, and what is expected'),
      category: z.enum(CATEGORIES).describe('the kind of change'),
      expected_gain: z
        .number()
        .nullable()
        .describe("expected gain in the metric's unit, positive is better; null if you have no idea"),
      edits: z.array(edit),
    }),
  ),
});

/** What is read: a missing gain or an unknown category is no reason to drop a good proposal. */
const written = z.object({
  hypothesis: z.string().trim().min(1),
  category: z.enum(CATEGORIES).catch('other'),
  expected_gain: z.number().nullish().catch(null),
  edits: z.array(edit).min(1).max(MOST_EDITS),
});
const answerSchema = z.object({ proposals: z.array(z.unknown()) });

export type Reading =
  | {
      readonly kind: 'read';
      /** None where the model says that it has no idea. */
      readonly proposals: readonly Written[];
      /** What is wrong with the others: told to the model, so that it can mend them. */
      readonly flaws: readonly string[];
    }
  /** Nothing can be read; `reason` is told to the model. */
  | { readonly kind: 'flawed'; readonly reason: string };

/** Reads an answer: JSON, alone, in a fence, or somewhere among prose, since not every model keeps to what it is asked for. */
export function readAnswer(text: string): Reading {
  if (text.length > MOST_TEXT)
    return { kind: 'flawed', reason: `it has ${text.length} characters; at most ${MOST_TEXT} are read` };
  const reasons: string[] = [];
  for (const candidate of jsonIn(text)) {
    const reading = readObject(candidate);
    if (reading.kind === 'read') return reading;
    reasons.push(reading.reason);
    if (reasons.length === MOST_CANDIDATES) break;
  }
  // The first candidate is the most of the answer.
  return { kind: 'flawed', reason: reasons[0] ?? 'it holds no JSON object' };
}

function readObject(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { kind: 'flawed', reason: `its JSON cannot be parsed: ${(cause as Error).message}` };
  }
  const parsed = answerSchema.safeParse(isOneProposal(value) ? { proposals: [value] } : value);
  if (!parsed.success) return { kind: 'flawed', reason: reasonOf(parsed.error) };
  const proposals: Written[] = [];
  const flaws: string[] = [];
  // Each by itself: one that is flawed spoils none of the others.
  for (const [index, one] of parsed.data.proposals.slice(0, MOST_PROPOSALS).entries()) {
    const proposal = written.safeParse(one);
    if (proposal.success) proposals.push(ofWritten(proposal.data));
    else flaws.push(`proposal ${index + 1}: ${reasonOf(proposal.error)}`);
  }
  return { kind: 'read', proposals, flaws };
}

function reasonOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'the object'}: ${issue?.message}`;
}

function isOneProposal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'edits' in value && !('proposals' in value);
}

function ofWritten({ hypothesis, category, expected_gain, edits }: z.infer<typeof written>): Written {
  return {
    hypothesis,
    category,
    edits,
    ...(typeof expected_gain === 'number' && Number.isFinite(expected_gain)
      ? { expectedGain: expected_gain }
      : {}),
  };
}

/** What may be the object that was asked for: the whole, then what stands in fences, then from what looks like its beginning on. */
function* jsonIn(text: string): Generator<string> {
  const whole = withoutThoughts(text).trim();
  if (whole.startsWith('{')) yield whole;
  yield* fencedIn(whole);
  const last = whole.lastIndexOf('}');
  for (const { index } of whole.matchAll(/\{\s{0,100}"(?:proposals|hypothesis|edits)"/g)) {
    if (last > index) yield whole.slice(index, last + 1);
  }
}

/** Models that think aloud do so in braces too. */
function withoutThoughts(text: string): string {
  const [open, close] = ['<think>', '</think>'];
  const end = text.lastIndexOf(close);
  const start = text.indexOf(open);
  return start === -1 || end < start ? text : text.slice(0, start) + text.slice(end + close.length);
}

/** What stands between two lines of three backquotes. */
function* fencedIn(text: string): Generator<string> {
  let inside: string[] | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith('```')) {
      inside?.push(line);
    } else if (inside === undefined) {
      inside = [];
    } else {
      yield inside.join('\n');
      inside = undefined;
    }
  }
}

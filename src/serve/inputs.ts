import * as z from 'zod';
import { BOUNDS } from '../model/bound.ts';
import type { ExperimentId } from '../model/identity.ts';
import type { Handle } from './follow.ts';

/** No call outlasts this, in seconds: clients give up on one after 60. */
export const LONGEST_CALL = 50;

export const briefInput = z.strictObject({
  file: z.string().max(BOUNDS.path).optional().describe('one editable file to read instead, by its path'),
  from_line: z.int().min(1).optional().describe('the first line of it to show (default: 1)'),
});

export function proposeInput(longestPatch: number) {
  return z.strictObject({
    hypothesis: z
      .string()
      .trim()
      .min(1)
      .max(BOUNDS.hypothesis)
      .describe('one sentence: what changes, why, and what you expect of it'),
    patch: z
      .string()
      .min(1)
      .max(longestPatch)
      .describe(
        'a unified diff against the champion, as "git diff" prints it: paths as a/FILE and b/FILE, relative to the lab; ' +
          'only files that may be edited; no renames, copies or binary files',
      ),
  });
}

const id = z
  .union([z.int().min(1), z.string().max(40)])
  .describe('the number of the experiment, or the ticket that `propose` gave');

export const waitInput = z.strictObject({
  id,
  seconds: z.number().min(0).optional().describe(`at most ${LONGEST_CALL}, whatever is asked (default: 45)`),
});
export const showInput = z.strictObject({ id });
export const statusInput = z.strictObject({});
export const historyInput = z.strictObject({
  last: z.int().min(1).max(100).optional().describe('how many experiments (default: 20)'),
  before: z.int().min(1).optional().describe('only those with a smaller number'),
});

/** What `propose` and `wait` answer beside the words. */
export const positionOutput = {
  state: z
    .enum(['queued', 'running', 'judged', 'set-aside', 'refused', 'stalled'])
    .describe('`queued`, `running` and `stalled` have no verdict yet'),
  experiment: z.int().optional(),
  ticket: z.string().optional().describe('while the experiment has no number; `wait` takes it'),
  verdict: z.enum(['keep', 'discard', 'crash', 'timeout', 'invalid', 'inconclusive']).optional(),
};

/** @throws Error with the mend */
export function handleOf(given: number | string, ticketPattern: RegExp): Handle {
  const text = String(given).trim();
  if (ticketPattern.test(text)) return { kind: 'ticket', ticket: text };
  const number = /^#?(\d{1,9})$/.exec(text)?.[1];
  if (number === undefined || Number(number) === 0)
    throw new Error(`${JSON.stringify(text)} is no experiment: write its number, such as 17, or its ticket`);
  return { kind: 'experiment', id: Number(number) as ExperimentId };
}

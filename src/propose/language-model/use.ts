import * as z from 'zod';
import { INSTRUCTIONS, type Message } from './conversation.ts';

/** Calls that a provider worked on, and their tokens as it counts them; estimated where it does not tell. */
export interface TokenUse {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export const NO_USE: TokenUse = { calls: 0, inputTokens: 0, outputTokens: 0 };

export function addUse(one: TokenUse, other: TokenUse): TokenUse {
  return {
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

/** Tokens as a provider counts them, as far as it does. */
export interface Counted {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Characters of a token, at least, in code: what a provider does not count is counted high, so that a limit still binds. */
export const CHARACTERS_A_TOKEN = 3;
/** Tokens that one call may have; what a provider counts beyond that, or below 0, it miscounts. */
const MOST_TOKENS = 1e9;

/** @param text what was said, as far as it is known */
export function useOf(usage: Counted | undefined, messages: readonly Message[], text: string): TokenUse {
  const asked = messages.reduce((sum, { content }) => sum + content.length, INSTRUCTIONS.length);
  return {
    calls: 1,
    // No question has none.
    inputTokens: counted(usage?.inputTokens) || Math.ceil(asked / CHARACTERS_A_TOKEN),
    outputTokens: counted(usage?.outputTokens) ?? Math.ceil(text.length / CHARACTERS_A_TOKEN),
  };
}

function counted(tokens: number | undefined): number | undefined {
  return tokens !== undefined && tokens >= 0 && tokens <= MOST_TOKENS ? Math.ceil(tokens) : undefined;
}

const tokens = z.number().optional().catch(undefined);
/** Where the providers' APIs say what a call used, each in its own words. */
const reportSchema = z.object({
  usage: z
    .object({
      prompt_tokens: tokens,
      completion_tokens: tokens,
      input_tokens: tokens,
      output_tokens: tokens,
    })
    .optional()
    .catch(undefined),
  usageMetadata: z
    .object({ promptTokenCount: tokens, candidatesTokenCount: tokens, thoughtsTokenCount: tokens })
    .optional()
    .catch(undefined),
});

/** What the body of a failed call says of the tokens that it used all the same; undefined where it says nothing of them. */
export function reportedIn(body: string | undefined): Counted | undefined {
  const report = reportSchema.safeParse(parsed(body)).data;
  const { usage, usageMetadata: google } = report ?? {};
  if (usage !== undefined)
    return {
      inputTokens: usage.prompt_tokens ?? usage.input_tokens,
      outputTokens: usage.completion_tokens ?? usage.output_tokens,
    };
  if (google === undefined) return undefined;
  const { promptTokenCount, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = google;
  return { inputTokens: promptTokenCount, outputTokens: candidatesTokenCount + thoughtsTokenCount };
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

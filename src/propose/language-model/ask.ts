import { setTimeout as sleep } from 'node:timers/promises';
import { generateText, type LanguageModel, NoObjectGeneratedError, Output } from 'ai';
import { answerShape } from './answer.ts';
import { INSTRUCTIONS, type Message } from './conversation.ts';
import { pauseBefore, reasonOf, statusOf, useOfFailure } from './failure.ts';
import { addUse, type Counted, NO_USE, type TokenUse, useOf } from './use.ts';

/** What became of asking a model, and what that used, its repetitions included. */
export type Said = { readonly use: TokenUse } & (
  | { readonly kind: 'said'; readonly text: string }
  /** It declined, or ran out of tokens before it had answered. */
  | { readonly kind: 'no-answer'; readonly reason: string }
  /** The provider could not be reached, or said no, also after it was asked again. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Whoever asked waits no more. */
  | { readonly kind: 'left' }
);

/** Asks a model once. An abort is an outcome, since what was asked by then may be charged; it rejects only on a fault of its own. */
export type AskModel = (messages: readonly Message[], signal: AbortSignal) => Promise<Said>;

export interface AskOptions {
  readonly model: LanguageModel;
  /** Whether the provider is held to the shape of the answer, or only asked for it. */
  readonly shape: 'held' | 'asked';
  /** Tokens of one answer, at most. */
  readonly outputTokens: number;
  /** Of one call, its repetitions included, in seconds. */
  readonly deadlineSeconds: number;
  /** Texts that no reason may hold, whatever a provider says: keys. */
  readonly secrets: readonly string[];
}

export function createAskModel(options: AskOptions): AskModel {
  // The library would print its own words on the user's terminal.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  let { shape } = options;
  return async (messages, signal) => {
    const deadline = AbortSignal.timeout(options.deadlineSeconds * 1000);
    const both = AbortSignal.any([signal, deadline]);
    let use = NO_USE;
    let trying = shape;
    let repetitions = 0;
    for (;;) {
      if (signal.aborted) return { kind: 'left', use };
      if (deadline.aborted)
        return { kind: 'failed', reason: `no answer within ${options.deadlineSeconds} s`, use };
      const attempt = await ask(options, trying, messages, both);
      use = addUse(use, attempt.use);
      if (attempt.kind !== 'fault') {
        shape = trying;
        return { ...attempt, use };
      }
      if (both.aborted) continue;
      const { cause } = attempt;
      // Not every server of this kind knows how to hold a model to a schema.
      if (trying === 'held' && statusOf(cause) === 400) {
        trying = 'asked';
        continue;
      }
      const pause = pauseBefore(repetitions, cause);
      if (pause === undefined) return { kind: 'failed', reason: reasonOf(cause, options.secrets), use };
      repetitions += 1;
      await sleep(pause, undefined, { signal: both }).catch(() => undefined);
    }
  };
}

type Attempt =
  | (Said & { readonly kind: 'said' | 'no-answer' })
  | { readonly kind: 'fault'; readonly cause: unknown; readonly use: TokenUse };

async function ask(
  { model, outputTokens }: AskOptions,
  shape: AskOptions['shape'],
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const answer = await generateText({
      model,
      instructions: INSTRUCTIONS,
      messages: messages.map((message) => ({ ...message })),
      // It would not tell what the calls used that it repeats.
      maxRetries: 0,
      maxOutputTokens: outputTokens,
      abortSignal: signal,
      // Parsed here in any case: an answer with prose around it is one too.
      ...(shape === 'held' ? { output: Output.object({ schema: answerShape }) } : {}),
    });
    return attemptOf(answer, messages);
  } catch (cause) {
    // An answer of another shape than it was held to is an answer all the same.
    if (NoObjectGeneratedError.isInstance(cause))
      return attemptOf(
        { text: cause.text ?? '', usage: cause.usage, finishReason: cause.finishReason },
        messages,
      );
    // What is left while it works is charged as a rule.
    const use = signal.aborted ? useOf(undefined, messages, '') : useOfFailure(cause, messages);
    return { kind: 'fault', cause, use };
  }
}

interface Answer {
  readonly text: string;
  readonly usage: Counted | undefined;
  readonly finishReason: string | undefined;
}

function attemptOf({ text, usage, finishReason }: Answer, messages: readonly Message[]): Attempt {
  const use = useOf(usage, messages, text);
  if (finishReason === 'content-filter')
    return { kind: 'no-answer', reason: 'the model declined to answer', use };
  if (finishReason === 'length')
    return { kind: 'no-answer', reason: 'its answer was longer than it may be, and cut off', use };
  if (text.trim() === '')
    return { kind: 'no-answer', reason: `it said nothing (${finishReason ?? 'for no known reason'})`, use };
  return { kind: 'said', text, use };
}

import {
  APICallError,
  generateText,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  RetryError,
} from 'ai';
import { printable } from '../../process/printable.ts';
import { answerShape } from './answer.ts';
import { INSTRUCTIONS, type Message } from './conversation.ts';

/** Tokens that a call used, as the provider counts them; estimated where it does not tell. */
export interface TokenUse {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What became of one call of a model. */
export type Said =
  | ({ readonly kind: 'said'; readonly text: string } & TokenUse)
  /** It declined, or ran out of tokens before it had answered. */
  | ({ readonly kind: 'no-answer'; readonly reason: string } & TokenUse)
  /** The provider could not be reached, or said no, also after it was asked again. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** Where it was asked and may have worked: an estimate of what that is charged at. */
      readonly use?: TokenUse;
    };

/** Asks a model once. Rejects when `signal` aborts, and otherwise only on a fault of its own. */
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

/** Repetitions of a call that failed for a reason that may pass, with growing pauses; a provider that names a pause is heard. */
const REPETITIONS = 2;
/** Characters of a provider's words that a reason keeps. */
const MOST_REASON = 300;

export function createAskModel(options: AskOptions): AskModel {
  // The library would print its own words on the user's terminal.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  let shape = options.shape;
  return async (messages, signal) => {
    const deadline = AbortSignal.timeout(options.deadlineSeconds * 1000);
    const both = AbortSignal.any([signal, deadline]);
    try {
      return await call(options, shape, messages, both).catch(async (cause: unknown) => {
        // Not every server of this kind knows how to hold a model to a schema.
        if (shape === 'asked' || statusOf(cause) !== 400) throw cause;
        const said = await call(options, 'asked', messages, both);
        shape = 'asked';
        return said;
      });
    } catch (cause) {
      signal.throwIfAborted();
      const use = useOf(undefined, messages, '');
      if (deadline.aborted) return { ...failed(`no answer within ${options.deadlineSeconds} s`), use };
      // An answer of another shape than it was held to is an answer all the same.
      if (NoObjectGeneratedError.isInstance(cause))
        return saidOf(
          { text: cause.text ?? '', usage: cause.usage, finishReason: cause.finishReason },
          messages,
        );
      const told = failed(withoutSecrets(reasonOf(cause), options.secrets));
      // An answer that broke off was begun.
      return statusOf(cause) === 200 ? { ...told, use } : told;
    }
  };
}

async function call(
  { model, outputTokens }: AskOptions,
  shape: AskOptions['shape'],
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Said> {
  const { text, usage, finishReason } = await generateText({
    model,
    instructions: INSTRUCTIONS,
    messages: messages.map((message) => ({ ...message })),
    maxRetries: REPETITIONS,
    maxOutputTokens: outputTokens,
    abortSignal: signal,
    // Parsed here in any case: an answer with prose around it is one too.
    ...(shape === 'held' ? { output: Output.object({ schema: answerShape }) } : {}),
  });
  return saidOf({ text, usage, finishReason }, messages);
}

function saidOf(
  {
    text,
    usage,
    finishReason,
  }: { text: string; usage: Counted | undefined; finishReason: string | undefined },
  messages: readonly Message[],
): Said {
  const use = useOf(usage, messages, text);
  if (finishReason === 'content-filter')
    return { kind: 'no-answer', reason: 'the model declined to answer', ...use };
  if (finishReason === 'length')
    return { kind: 'no-answer', reason: 'its answer was longer than it may be, and cut off', ...use };
  if (text.trim() === '')
    return {
      kind: 'no-answer',
      reason: `it said nothing (${finishReason ?? 'for no known reason'})`,
      ...use,
    };
  return { kind: 'said', text, ...use };
}

function failed(reason: string): Said & { readonly kind: 'failed' } {
  return { kind: 'failed', reason: printable(reason).slice(0, MOST_REASON) };
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

interface Counted {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Characters of a token, at least, in code: what a provider does not count is counted high, so that a limit still binds. */
const CHARACTERS_A_TOKEN = 3;

function useOf(usage: Counted | undefined, messages: readonly Message[], text: string): TokenUse {
  const asked = messages.reduce((sum, { content }) => sum + content.length, INSTRUCTIONS.length);
  return {
    // No question has none.
    inputTokens: counted(usage?.inputTokens) || Math.ceil(asked / CHARACTERS_A_TOKEN),
    outputTokens: counted(usage?.outputTokens) ?? Math.ceil(text.length / CHARACTERS_A_TOKEN),
  };
}

/** Tokens that one call may have; what a provider counts beyond that, or below 0, it miscounts. */
const MOST_TOKENS = 1e9;

function counted(tokens: number | undefined): number | undefined {
  return tokens !== undefined && tokens >= 0 && tokens <= MOST_TOKENS ? Math.ceil(tokens) : undefined;
}

function statusOf(cause: unknown): number | undefined {
  const last = RetryError.isInstance(cause) ? cause.lastError : cause;
  return APICallError.isInstance(last) ? last.statusCode : undefined;
}

/** The provider's own words, without the request: that holds the whole brief, and its headers the key. */
function reasonOf(cause: unknown): string {
  const last = RetryError.isInstance(cause) ? cause.lastError : cause;
  const status = statusOf(cause);
  const words = last instanceof Error ? last.message : String(last);
  const deeper = last instanceof Error && last.cause instanceof Error ? last.cause.message : '';
  const below = deeper === '' || words.includes(deeper) ? '' : `: ${deeper}`;
  return `${status === undefined ? '' : `${status} `}${words}${below}`;
}

/** How a script answers one call. What a model says stands first, then what goes wrong between it and its client. */
export type Reply = Answer | Fault;

/** What a model may say. Each is well formed, and none need be what was asked for. */
export type Answer =
  | ({ readonly kind: 'text'; readonly text: string } & Counted)
  | ({ readonly kind: 'json'; readonly value: unknown } & Counted)
  | ({ readonly kind: 'tool-calls'; readonly calls: readonly ToolCall[]; readonly text?: string } & Counted)
  /** Success without a word. */
  | ({ readonly kind: 'empty' } & Counted)
  /** Friendly prose, whatever form was asked for. */
  | ({ readonly kind: 'prose' } & Counted)
  /** Text without end. @see HUGE */
  | ({ readonly kind: 'huge'; readonly characters?: number } & Counted)
  /** Stopped at the limit of tokens, in the middle of `text`. */
  | ({ readonly kind: 'length'; readonly text: string } & Counted)
  /** Withheld by the provider's filter after `text`, by default before the first word. */
  | ({ readonly kind: 'content-filter'; readonly text?: string } & Counted)
  /** The model declines, in the field that its API keeps for that; the call itself succeeds. */
  | ({ readonly kind: 'refusal'; readonly text: string } & Counted);

export type Fault =
  | {
      readonly kind: 'error';
      /** An HTTP status; 401, 404, 429, 500 and 503 have the words that OpenAI gives them. */
      readonly status: number;
      readonly message?: string;
      readonly code?: string;
      /** The header Retry-After: seconds, or a date. */
      readonly retryAfter?: number | string;
      /** `html` is a proxy's page, `empty` nothing at all. */
      readonly body?: 'json' | 'html' | 'empty';
      /** The message repeats the caller's key in full, as some providers do. */
      readonly echoKey?: boolean;
      /** Tokens that were used all the same, told beside the error. */
      readonly usage?: Usage;
    }
  /** An error that comes after the status 200: inside the stream, or instead of the answer. */
  | { readonly kind: 'late-error'; readonly message?: string; readonly answer?: Answer }
  /** Silent until the client gives up or the server closes: before the headers, after them, or half through the answer. */
  | { readonly kind: 'hang'; readonly at?: 'start' | 'headers' | 'middle'; readonly answer?: Answer }
  /** Waits before the reply, and if asked before each piece of a stream. */
  | {
      readonly kind: 'slow';
      readonly milliseconds: number;
      readonly each?: 'reply' | 'piece';
      readonly reply: Reply;
    }
  /**
   * The connection breaks: before the headers, or half through the answer. `unfinished` is an orderly end too soon: a
   * stream that never says why it stopped, or half a body.
   */
  | { readonly kind: 'cut'; readonly at?: 'start' | 'middle' | 'unfinished'; readonly answer?: Answer }
  /** Status 200 and a body that is no JSON, even where a stream was asked for. */
  | { readonly kind: 'malformed-json' }
  /** One piece of the stream is no JSON, the others are sound; without a stream it is `malformed-json`. */
  | { readonly kind: 'malformed-sse'; readonly answer?: Answer };

/** Arguments that are a string are sent as they are, so that a script can send some that are no JSON. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: unknown;
  /** By default one that no other call of this server has. */
  readonly id?: string;
}

/** Tokens; by default a quarter of the characters. `absent`: the provider does not count. */
interface Counted {
  readonly usage?: Usage | 'absent';
}

export interface Usage {
  readonly input: number;
  readonly output: number;
  /** Part of `input`. */
  readonly cached?: number;
  /** Part of `output`. */
  readonly reasoning?: number;
}

/** Characters of a `huge` answer, unless its reply says otherwise: a mebibyte. */
export const HUGE = 1024 * 1024;

/** What is half said when a fault comes in the middle and the script gave no answer. */
export const HALF_SAID = {
  kind: 'text',
  text: 'This answer has a beginning, a middle that nobody hears, and an end that never comes.',
} as const satisfies Answer;

/** One request to a model, whichever API it came through. */
export interface ModelCall {
  /** Counts from 1, over both endpoints; calls that were refused count too. */
  readonly number: number;
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly streams: boolean;
  /** Whether a stream ends with its usage; always true for responses. */
  readonly countsUsage: boolean;
  /** In their order, instructions first; calls of tools and their results are messages too. */
  readonly messages: readonly CallMessage[];
  /** All messages, a blank line between them. */
  readonly text: string;
  readonly tools: readonly OfferedTool[];
  readonly format: Format;
  /** In lower case, without `authorization`: a call can be searched for keys that stand where they should not. */
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: 'right' | 'wrong' | 'missing';
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
}

export type Endpoint = 'chat' | 'responses';

export interface CallMessage {
  readonly role: string;
  readonly text: string;
}

export interface OfferedTool {
  /** `function` or, for responses only, `custom` (free text) and whatever else a provider executes itself. */
  readonly type: string;
  readonly name: string;
  /** A JSON schema, where there is one. */
  readonly parameters: unknown;
}

/** The form that the client wants its answer in. */
export type Format =
  | { readonly kind: 'text' }
  | { readonly kind: 'json-object' }
  | {
      readonly kind: 'json-schema';
      readonly name: string;
      readonly strict: boolean;
      readonly schema: unknown;
    };

/** What a body says, or why it cannot be understood. */
export type Reading = (Body & { readonly problem?: string }) | { readonly problem: string };

export type Body = Pick<ModelCall, 'model' | 'streams' | 'countsUsage' | 'messages' | 'tools' | 'format'>;

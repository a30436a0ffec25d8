/** An error in the words and the shape that OpenAI gives it. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: null;
    readonly code: string | null;
  };
}

type Words = readonly [message: string, type: string, code: string | null];

const WORDS: Readonly<Record<number, Words>> = {
  400: ['The request is invalid.', 'invalid_request_error', null],
  401: ['Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'],
  403: ['You are not allowed to sample from this model.', 'invalid_request_error', null],
  404: [
    'The model does not exist or you do not have access to it.',
    'invalid_request_error',
    'model_not_found',
  ],
  413: ['The request body is too large.', 'invalid_request_error', null],
  429: ['Rate limit reached for requests. Please try again later.', 'requests', 'rate_limit_exceeded'],
  500: [
    'The server had an error while processing your request. Sorry about that!',
    'server_error',
    'server_error',
  ],
  503: [
    'The engine is currently overloaded, please try again later.',
    'server_error',
    'server_is_overloaded',
  ],
};

export function errorBody(status: number, given: { message?: string; code?: string } = {}): ErrorBody {
  const fallback = WORDS[status < 500 ? 400 : 500]!;
  const [message, type, code] = WORDS[status] ?? fallback;
  return { error: { message: given.message ?? message, type, param: null, code: given.code ?? code } };
}

/** What stands of a wrong key in the answer to it. */
export function masked(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`;
}

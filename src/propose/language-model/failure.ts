import { APICallError } from 'ai';
import { printable } from '../../process/printable.ts';
import type { Message } from './conversation.ts';
import { NO_USE, reportedIn, type TokenUse, useOf } from './use.ts';

/** Pauses before a call that failed for a reason that may pass is repeated, in milliseconds; after these it has failed. */
const PAUSES = [2_000, 4_000] as const;
/** A provider that names a pause is heard, up to this. Milliseconds. */
const LONGEST_PAUSE = 60_000;
/** Characters of a provider's words that a reason keeps. */
const MOST_REASON = 300;

/** Ends of a connection that had stood: the question may have been read. */
const BROKEN = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

export function statusOf(cause: unknown): number | undefined {
  return APICallError.isInstance(cause) ? cause.statusCode : undefined;
}

/**
 * What a call that failed used: what its provider reports, and an estimate where the answer had begun or the connection broke. What was
 * turned away, or met a fault that reports nothing, used nothing.
 */
export function useOfFailure(cause: unknown, messages: readonly Message[]): TokenUse {
  const reported = APICallError.isInstance(cause) ? reportedIn(cause.responseBody) : undefined;
  if (reported !== undefined) return useOf(reported, messages, '');
  const mayHaveWorked = statusOf(cause) === 200 || (statusOf(cause) === undefined && isBroken(cause));
  return mayHaveWorked ? useOf(undefined, messages, '') : NO_USE;
}

function isBroken(cause: unknown): boolean {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && BROKEN.has(String(error.code))) return true;
  }
  return false;
}

/** Milliseconds to wait before a call is repeated that has been repeated so often; undefined where it is not. */
export function pauseBefore(repetition: number, cause: unknown): number | undefined {
  const usual = PAUSES[repetition];
  if (usual === undefined || !APICallError.isInstance(cause) || !cause.isRetryable) return undefined;
  const named = namedPause(cause.responseHeaders ?? {});
  return named !== undefined && named >= 0 && named < LONGEST_PAUSE ? named : usual;
}

function namedPause(headers: Readonly<Record<string, string>>): number | undefined {
  const milliseconds = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (!Number.isNaN(milliseconds)) return milliseconds;
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const seconds = Number.parseFloat(after);
  const pause = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isNaN(pause) ? undefined : pause;
}

/**
 * The provider's own words, without the request: that holds the whole brief, and its headers the key.
 *
 * @param secrets texts that it must not hold, whatever the provider says
 */
export function reasonOf(cause: unknown, secrets: readonly string[]): string {
  const status = statusOf(cause);
  const words = cause instanceof Error ? cause.message : String(cause);
  const deeper = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : '';
  const below = deeper === '' || words.includes(deeper) ? '' : `: ${deeper}`;
  const said = `${status === undefined ? '' : `${status} `}${words}${below}`;
  const safe = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), said);
  return printable(safe).slice(0, MOST_REASON);
}

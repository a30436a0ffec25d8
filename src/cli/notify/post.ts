import { setTimeout as sleep } from 'node:timers/promises';
import type { Post } from './message.ts';
import { hostOf } from './settings.ts';

/** How one message is tried. Milliseconds. */
export interface Patience {
  /** Of one try, from the first byte sent to the last one read. */
  readonly deadline: number;
  /** Before each further try; there are as many. */
  readonly waits: readonly number[];
  /** The longest wait that a server may ask for. */
  readonly longestWait: number;
}

export const PATIENCE: Patience = { deadline: 10_000, waits: [2_000, 8_000], longestWait: 30_000 };

/** What became of a message. `reason` never holds the address, only its host. */
export type Posted = { readonly kind: 'taken' } | { readonly kind: 'failed'; readonly reason: string };

type Try =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused' | 'busy'; readonly why: string; readonly after?: number };

/** Posts until it is taken, refused for good, or patience or `signal` ends. Never rejects. */
export async function post(
  webhook: string,
  message: Post,
  { deadline, waits, longestWait }: Patience,
  signal: AbortSignal,
): Promise<Posted> {
  let last = 'nothing was tried';
  for (const wait of [...waits, undefined]) {
    const result = await tryOnce(webhook, message, AbortSignal.any([signal, AbortSignal.timeout(deadline)]));
    if (result.kind === 'taken') return result;
    last = result.why;
    if (result.kind === 'refused' || wait === undefined || signal.aborted) break;
    const asked = Math.min(longestWait, result.after ?? 0);
    await sleep(Math.max(wait, asked), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
  return { kind: 'failed', reason: `${hostOf(webhook)} ${last}` };
}

async function tryOnce(webhook: string, { headers, body }: Post, signal: AbortSignal): Promise<Try> {
  try {
    const response = await fetch(webhook, { method: 'POST', headers, body, signal, redirect: 'manual' });
    // What it says is of no use, and may repeat the address.
    await response.body?.cancel();
    return triedBy(response);
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    return { kind: 'busy', why: isLate ? 'did not answer in time' : `cannot be reached${codeText(cause)}` };
  }
}

function triedBy({ status, headers }: Response): Try {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const why = `answered ${status}`;
  if (status !== 408 && status !== 429 && status < 500) return { kind: 'refused', why };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return { kind: 'busy', why, ...(seconds > 0 ? { after: seconds * 1000 } : {}) };
}

/** `: ECONNREFUSED`. The rest of such an error may repeat the address. */
function codeText(cause: unknown): string {
  const inner = cause instanceof Error ? cause.cause : undefined;
  return inner instanceof Error && 'code' in inner ? `: ${inner.code}` : '';
}

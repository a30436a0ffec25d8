import type { Told } from '../../../src/serve/page/wire.ts';
import { token } from './token.ts';

/** Milliseconds after which a question to the server is given up. */
const PATIENCE = 60_000;

/** What the server answers at an address. @throws Error with a sentence for the reader */
export async function ask<Answer>(address: string, signal?: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(PATIENCE);
  const response = await fetch(address, { signal: signal ? AbortSignal.any([signal, late]) : late });
  if (response.ok) return (await response.json()) as Answer;
  throw new Error(await sentenceOf(response));
}

async function sentenceOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as Told).text;
  } catch {
    return text || `The server answered ${response.status}.`;
  }
}

/** Asks for something to be done. A refusal is an answer, not an error. */
export async function tell(address: string, body: object): Promise<Told> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token() ?? ''}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return (await response.json()) as Told;
  } catch {
    return { kind: 'refused', text: 'The server cannot be reached: is Ratchet still at work?' };
  }
}

import type { Forward } from './forward.ts';
import { type Draw, openProbes } from './probe.ts';
import { Refusal } from './refusal.ts';
import { CONTEXT, EVALUATION_BATCH } from './shapes.ts';
import { surprise } from './surprise.ts';

export interface Score {
  readonly kind: 'scored';
  /** Mean bits a byte. */
  readonly bitsPerByte: number;
  /** Of that mean, over windows. It is the text's; candidates share it. */
  readonly standardError: number;
}

/**
 * Bits per byte over `windows` of CONTEXT + 1 bytes: every byte but a window's first is predicted, from the bytes
 * of its window before it. Windows beyond a multiple of EVALUATION_BATCH are left out.
 *
 * @param draw chooses how the graph is probed on the way; the score does not depend on it
 * @throws Refusal where logits are not finite, differ for equal bytes, or depend on what a graph may not see
 */
export async function score(forward: Forward, windows: readonly Uint8Array[], draw: Draw): Promise<Score> {
  const batches = Math.floor(windows.length / EVALUATION_BATCH);
  if (batches === 0) throw new Error('nothing to score: fewer windows than one batch');
  const probes = openProbes({ forward, windows, batches, draw });
  const perWindow: number[] = [];
  for (let first = 0; first < batches * EVALUATION_BATCH; first += EVALUATION_BATCH) {
    const batch = windows.slice(first, first + EVALUATION_BATCH);
    const tokens = Int32Array.from(batch.flatMap((window) => [...window.subarray(0, CONTEXT)]));
    const logits = await forward(tokens);
    for (const [row, window] of batch.entries()) {
      let bits = 0;
      for (let position = 0; position < CONTEXT; position++) {
        bits += surprise(logits, row * CONTEXT + position, window[position + 1]!);
      }
      if (!Number.isFinite(bits)) {
        throw new Refusal(`the graph gives logits that are not finite, in window ${first + row}`);
      }
      perWindow.push(bits / CONTEXT);
    }
    await probes.scored(tokens, logits);
  }
  await probes.finish();
  const count = perWindow.length;
  const bitsPerByte = perWindow.reduce((total, bits) => total + bits, 0) / count;
  const squares = perWindow.reduce((total, bits) => total + (bits - bitsPerByte) ** 2, 0);
  return { kind: 'scored', bitsPerByte, standardError: Math.sqrt(squares / (count - 1) / count) };
}

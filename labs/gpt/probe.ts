import type { Forward } from './forward.ts';
import { Refusal } from './refusal.ts';
import { CONTEXT, EVALUATION_BATCH, VOCABULARY } from './shapes.ts';
import { surprise } from './surprise.ts';

/** A whole number from 0 up to, without, `below`, each equally likely. */
export type Draw = (below: number) => number;

/** Looks whether a graph does in other company and before other continuations what it did where it was scored. */
export interface Probes {
  /** Takes note of one scored batch: `tokens` and what the graph made of them. @throws Refusal */
  scored(tokens: Int32Array, logits: Float32Array): Promise<void>;
  /** Probes what is left over. @throws Refusal */
  finish(): Promise<void>;
}

/**
 * Windows of each scored batch that are probed, in other batches: 840 of 2,240, for a quarter of an evaluation's time. A graph that sees
 * what it may not at one place in a hundred is found out but once in 4,000 evaluations.
 */
const PROBED = 12;

/** How far the score of a byte may move, in bits: rounding, never knowledge. A fiftieth of what the lab takes for an effect. */
const TOLERANCE = 1e-4;

/** A window as it was scored, [CONTEXT], and its logits, [CONTEXT, VOCABULARY]. */
interface Scored {
  readonly bytes: Int32Array;
  readonly logits: Float32Array;
}

/**
 * Of a probed window the bytes from some place on are exchanged for those of another window, the next byte for another one in any
 * case, and it stands among other windows than before. What was scored before that place must stay: a graph that gained there from what
 * it may not see cannot repeat it, even if it could tell a probe from a scored batch. Nothing that is drawn is known to a candidate.
 *
 * @param batches how many will be scored; two of them, the first and any, are run again to see equal output
 */
export function openProbes(options: {
  readonly forward: Forward;
  readonly windows: readonly Uint8Array[];
  readonly batches: number;
  readonly draw: Draw;
}): Probes {
  const { forward, windows, batches, draw } = options;
  const repeated = new Set([0, draw(batches)]);
  const kept: Scored[] = [];
  let batch = 0;

  async function repeat(tokens: Int32Array, logits: Float32Array): Promise<void> {
    const again = await forward(tokens);
    if (!bytesOf(again).equals(bytesOf(logits))) {
      throw new Refusal('the graph gives different logits for equal bytes');
    }
  }

  async function probe(scored: readonly Scored[]): Promise<void> {
    const tokens = new Int32Array(EVALUATION_BATCH * CONTEXT);
    const cuts: number[] = [];
    for (let row = 0; row < EVALUATION_BATCH; row++) {
      const { bytes } = scored[row % scored.length]!;
      const cut = 1 + draw(CONTEXT - 1);
      const other = windows[draw(windows.length)]!;
      const start = row * CONTEXT;
      tokens.set(bytes.subarray(0, cut), start);
      tokens.set(other.subarray(cut, CONTEXT), start + cut);
      if (other[cut] === bytes[cut])
        tokens[start + cut] = (bytes[cut]! + 1 + draw(VOCABULARY - 1)) % VOCABULARY;
      cuts.push(cut);
    }
    const logits = await forward(tokens);
    for (const [row, cut] of cuts.entries()) compare(scored[row % scored.length]!, logits, row, cut);
  }

  return {
    async scored(tokens, logits) {
      if (repeated.has(batch++)) await repeat(tokens, logits);
      for (const row of drawRows(draw)) {
        const start = row * CONTEXT;
        kept.push({
          bytes: tokens.subarray(start, start + CONTEXT),
          logits: logits.subarray(start * VOCABULARY, (start + CONTEXT) * VOCABULARY),
        });
      }
      if (kept.length >= EVALUATION_BATCH) await probe(kept.splice(0, EVALUATION_BATCH));
    },
    async finish() {
      if (kept.length > 0) await probe(kept);
    },
  };
}

/** PROBED different rows of a batch, in a drawn order. */
function drawRows(draw: Draw): number[] {
  const rows = Array.from({ length: EVALUATION_BATCH }, (_, row) => row);
  return Array.from({ length: PROBED }, () => rows.splice(draw(rows.length), 1)[0]!);
}

function compare(scored: Scored, logits: Float32Array, row: number, cut: number): void {
  const start = row * CONTEXT * VOCABULARY;
  const same = bytesOf(logits.subarray(start, start + cut * VOCABULARY));
  if (same.equals(bytesOf(scored.logits.subarray(0, cut * VOCABULARY)))) return;
  for (let position = 0; position < cut; position++) {
    const next = scored.bytes[position + 1]!;
    const moved = surprise(scored.logits, position, next) - surprise(logits, row * CONTEXT + position, next);
    if (Math.abs(moved) <= TOLERANCE) continue;
    throw new Refusal(
      `the graph looks ahead, or into other windows: its score of a byte moves by ${moved.toPrecision(2)} bits when only they change`,
    );
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

import { createRequire } from 'node:module';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';

/** The part of onnxruntime-node that the evaluation uses; the package ships without types. */
interface Runtime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: Readonly<Record<string, unknown>>,
    ): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
    }>;
  };
  readonly Tensor: new (type: 'int32', data: Int32Array, shape: readonly number[]) => RuntimeTensor;
}

interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const runtime: Runtime = createRequire(import.meta.url)('onnxruntime-node');

/** A candidate's graph: bytes of EVALUATION_BATCH windows to logits, row after row. */
export type Forward = (tokens: Int32Array) => Promise<Float32Array>;

export type Score =
  | {
      readonly kind: 'scored';
      /** Mean bits a byte. */
      readonly bitsPerByte: number;
      /** Of that mean, over windows. It is the text's; candidates share it. */
      readonly standardError: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** How far a logit may move when only later bytes change: rounding, never knowledge. */
const CAUSALITY_TOLERANCE = 1e-3;

/**
 * Loads a graph that takes int32 `tokens` [EVALUATION_BATCH, CONTEXT] and gives float32 `logits`
 * [EVALUATION_BATCH, CONTEXT, VOCABULARY], or says why it does not.
 */
export async function loadForward(
  model: Uint8Array,
): Promise<{ kind: 'loaded'; forward: Forward } | { kind: 'refused'; reason: string }> {
  try {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    const names = `${session.inputNames.join()} to ${session.outputNames.join()}`;
    if (names !== `${TOKENS} to ${LOGITS}`) {
      return { kind: 'refused', reason: `the graph maps ${names}; it must map ${TOKENS} to ${LOGITS}` };
    }
    const forward = async (tokens: Int32Array) => {
      const feeds = { [TOKENS]: new runtime.Tensor('int32', tokens, [EVALUATION_BATCH, CONTEXT]) };
      const logits = (await session.run(feeds))[LOGITS]!;
      const shape = `${logits.type} [${logits.dims.join(', ')}]`;
      const expected = `float32 [${EVALUATION_BATCH}, ${CONTEXT}, ${VOCABULARY}]`;
      if (shape !== expected) throw new Error(`its logits are ${shape}; they must be ${expected}`);
      return logits.data as Float32Array;
    };
    await forward(new Int32Array(EVALUATION_BATCH * CONTEXT));
    return { kind: 'loaded', forward };
  } catch (error) {
    return { kind: 'refused', reason: `the graph does not run: ${(error as Error).message}` };
  }
}

/**
 * Bits per byte over `windows` of CONTEXT + 1 bytes: every byte but a window's first is predicted, from the bytes
 * of its window before it. Windows beyond a multiple of EVALUATION_BATCH are left out.
 *
 * Refuses a graph whose logits are not finite, or that looks ahead.
 */
export async function score(forward: Forward, windows: readonly Uint8Array[]): Promise<Score> {
  const perWindow: number[] = [];
  for (let first = 0; first + EVALUATION_BATCH <= windows.length; first += EVALUATION_BATCH) {
    const batch = windows.slice(first, first + EVALUATION_BATCH);
    const tokens = Int32Array.from(batch.flatMap((window) => [...window.subarray(0, CONTEXT)]));
    const logits = await forward(tokens);
    if (first === 0 && (await looksAhead(forward, tokens, logits))) {
      return { kind: 'refused', reason: 'the graph looks ahead: its logits change when only later bytes do' };
    }
    for (const [row, window] of batch.entries()) {
      let bits = 0;
      for (let position = 0; position < CONTEXT; position++) {
        bits += surprise(logits, row * CONTEXT + position, window[position + 1]!);
      }
      if (!Number.isFinite(bits)) {
        return {
          kind: 'refused',
          reason: `the graph gives logits that are not finite, in window ${first + row}`,
        };
      }
      perWindow.push(bits / CONTEXT);
    }
  }
  if (perWindow.length < 2) throw new Error('nothing to score: fewer windows than one batch');
  const count = perWindow.length;
  const bitsPerByte = perWindow.reduce((total, bits) => total + bits, 0) / count;
  const squares = perWindow.reduce((total, bits) => total + (bits - bitsPerByte) ** 2, 0);
  return { kind: 'scored', bitsPerByte, standardError: Math.sqrt(squares / (count - 1) / count) };
}

/** Bits by which row `row` of the logits is surprised by `byte`; not finite if any logit of the row is not. */
function surprise(logits: Float32Array, row: number, byte: number): number {
  const start = row * VOCABULARY;
  let highest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = start; index < start + VOCABULARY; index++) {
    const logit = logits[index]!;
    sum += logit;
    if (logit > highest) highest = logit;
  }
  if (!Number.isFinite(sum)) return Number.NaN;
  let mass = 0;
  for (let index = start; index < start + VOCABULARY; index++) mass += Math.exp(logits[index]! - highest);
  return (Math.log(mass) + highest - logits[start + byte]!) / Math.LN2;
}

/** Changes every window from some place on, another place in each, and compares the logits before those places. */
async function looksAhead(forward: Forward, tokens: Int32Array, logits: Float32Array): Promise<boolean> {
  const cut = (window: number) => 1 + ((window * 37) % (CONTEXT - 1));
  const isBefore = (row: number) => row % CONTEXT < cut(Math.floor(row / CONTEXT));
  const changed = tokens.map((byte, row) => (isBefore(row) ? byte : (byte + 97) % VOCABULARY));
  const other = await forward(changed);
  for (let row = 0; row < tokens.length; row++) {
    if (!isBefore(row)) continue;
    for (let index = row * VOCABULARY; index < (row + 1) * VOCABULARY; index++) {
      const [before, after] = [logits[index]!, other[index]!];
      if (Math.abs(before - after) > CAUSALITY_TOLERANCE * Math.max(1, Math.abs(before))) return true;
    }
  }
  return false;
}

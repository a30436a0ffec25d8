import { createRequire } from 'node:module';
import { Refusal } from './refusal.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';

/** The part of onnxruntime-node that the evaluation uses; the package ships without types. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (type: 'int32', data: Int32Array, shape: readonly number[]) => RuntimeTensor;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
}

interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/**
 * A candidate's graph: bytes of EVALUATION_BATCH windows [EVALUATION_BATCH, CONTEXT] to float32 logits
 * [EVALUATION_BATCH, CONTEXT, VOCABULARY], in an array of the caller's own. Rejects with a Refusal where it gives anything else.
 */
export type Forward = (tokens: Int32Array) => Promise<Float32Array>;

/** Loads a graph that was inspected. @throws Refusal where the runtime does not take it, or it has other inputs and outputs */
export async function loadForward(model: Uint8Array): Promise<Forward> {
  const runtime: Runtime = createRequire(import.meta.url)('onnxruntime-node');
  const session = await orRefusal(
    runtime.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // What it would print stands in the reason.
      logSeverityLevel: 4,
    }),
  );
  const names = `${session.inputNames.join()} to ${session.outputNames.join()}`;
  if (names !== `${TOKENS} to ${LOGITS}`) {
    throw new Refusal(`the graph maps ${names}; it must map ${TOKENS} to ${LOGITS}`);
  }
  return async (tokens) => {
    const feeds = { [TOKENS]: new runtime.Tensor('int32', tokens, [EVALUATION_BATCH, CONTEXT]) };
    const logits = (await orRefusal(session.run(feeds)))[LOGITS]!;
    const shape = `${logits.type} [${logits.dims.join(', ')}]`;
    const expected = `float32 [${EVALUATION_BATCH}, ${CONTEXT}, ${VOCABULARY}]`;
    if (shape !== expected) throw new Refusal(`its logits are ${shape}; they must be ${expected}`);
    return logits.data as Float32Array;
  };
}

/** What the runtime has against a graph is the graph's doing: it has nothing else to work with. */
async function orRefusal<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    throw new Refusal(`the graph does not run: ${(cause as Error).message}`, { cause });
  }
}

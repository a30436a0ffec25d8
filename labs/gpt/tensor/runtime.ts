/** The part of onnxruntime-node that this library uses; the package ships without types. */

import { createRequire } from 'node:module';

export interface RuntimeTensor {
  readonly data: Float32Array | Int32Array;
}

export interface Session {
  /** Fills the buffers of `outputs` when it resolves. */
  run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<unknown>;
}

export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (
    type: 'float32' | 'int32',
    data: Float32Array | Int32Array,
    shape: readonly number[],
  ) => RuntimeTensor;
}

/** Loaded on first use: tracing and writing a model need no runtime, and the package is an optional one. */
export function loadRuntime(): Runtime {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime;
  } catch (cause) {
    throw new Error('compile: the package onnxruntime-node cannot be loaded; install version 1.17.0', {
      cause,
    });
  }
}

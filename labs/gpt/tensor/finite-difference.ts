/** What the tests hold operations against: numbers computed forward, and gradients by central differences. */

import { expect } from 'vitest';
import { multiply } from './elementwise.ts';
import { gradient } from './gradient.ts';
import { constant, input, type Tensor } from './graph.ts';
import { compile, type Feeds, type State } from './program.ts';
import { sum } from './reduction.ts';
import { type Shape, sizeOf } from './shapes.ts';

/** Numbers in [low, high), the same for the same seed. */
export function randomNumbers(count: number, seed: number, low = -1, high = 1): Float32Array {
  let bits = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    bits = (bits + 0x6d2b79f5) | 0;
    let mixed = Math.imul(bits ^ (bits >>> 15), 1 | bits);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return low + (high - low) * (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32);
  });
}

/** Runs `build` once and returns its only output. */
export async function evaluate(build: () => Tensor, feeds: Feeds = {}): Promise<number[]> {
  const program = await compile({ state: {}, build: () => ({ value: build() }) });
  return [...(await program.run(feeds)).value!];
}

export interface GradientCase {
  /** Shapes of the parameters, filled with random numbers. */
  readonly shapes: readonly Shape[];
  readonly build: (...parameters: Tensor[]) => Tensor;
  readonly feeds?: Feeds;
  /** Range of the random numbers; default -1 to 1. */
  readonly range?: readonly [low: number, high: number];
}

const STEP = 2 ** -7;
const TOLERANCE = 4e-3;

/**
 * Numbers on a grid of 1/16, a different one for each parameter: none within two steps of 0, nor of another parameter's
 * number, where `relu` or `maximum` bend and a difference would straddle the bend.
 */
function awayFromKinks(count: number, parameter: number, range: readonly [number, number]): Float32Array {
  const offset = (2 * parameter + 1) * 2 * STEP;
  return randomNumbers(count, 17 + parameter, ...range).map((value) => Math.round(value * 16) / 16 + offset);
}

/**
 * Holds the gradient of every element of every parameter against a central difference. What `build` returns is summed
 * with random weights first, so that an error in one element cannot hide behind another.
 */
export async function expectGradient({
  shapes,
  build,
  feeds = {},
  range = [-1, 1],
}: GradientCase): Promise<void> {
  const names = shapes.map((_, index) => `parameter${index}`);
  const state: State = {};
  for (const [index, shape] of shapes.entries()) {
    state[names[index]!] = { shape, data: awayFromKinks(sizeOf(shape), index, range) };
  }
  const program = await compile({
    state,
    build() {
      const parameters = names.map((name, index) => input(name, shapes[index]!));
      const output = build(...parameters);
      const weights = constant('weights', output.shape, randomNumbers(sizeOf(output.shape), 5));
      const loss = sum(
        multiply(output, weights),
        output.shape.map((_, axis) => axis),
      );
      const slopes = gradient(loss, parameters).map((slope, index) => [`slope${index}`, slope] as const);
      return { loss, ...Object.fromEntries(slopes) };
    },
  });
  const analytic = await program.run(feeds);
  const lossAt = async (data: Float32Array, index: number, value: number): Promise<number> => {
    const kept = data[index]!;
    data[index] = value;
    const { loss } = await program.run(feeds);
    data[index] = kept;
    return loss![0]!;
  };
  for (const [parameter, name] of names.entries()) {
    const { data } = state[name]!;
    const slopes = analytic[`slope${parameter}`]!;
    expect(slopes.length).toBe(data.length);
    for (const [index, value] of data.entries()) {
      const rise = (await lossAt(data, index, value + STEP)) - (await lossAt(data, index, value - STEP));
      const numeric = rise / (2 * STEP);
      const slope = slopes[index]!;
      expect(
        Math.abs(slope - numeric) <= TOLERANCE * (1 + Math.abs(numeric)),
        `${name}[${index}]: gradient ${slope}, by differences ${numeric}`,
      ).toBe(true);
    }
  }
}

/**
 * Trains on the exercise in the folder of its first argument with labs/gpt/tensor. For each line `N` on standard input
 * it takes N steps and prints `{"cpuSeconds", "loss"}`; it ends with its input.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compile, type Shape, type State } from '../../labs/gpt/tensor/index.ts';
import { PREPARED_STEPS } from './exercise.ts';
import { corrections, optimiserState, type Size, trainingStep } from './model.ts';

const folder = process.argv[2]!;
const { size, shapes } = JSON.parse(readFileSync(join(folder, 'exercise.json'), 'utf8')) as {
  size: Size;
  shapes: Record<string, Shape>;
};
const text = readFileSync(join(folder, 'text.bin'));
const starts = new Int32Array(Uint8Array.from(readFileSync(join(folder, 'starts.bin'))).buffer);
const numbers = new Float32Array(Uint8Array.from(readFileSync(join(folder, 'weights.bin'))).buffer);

const state: State = optimiserState(shapes);
let offset = 0;
for (const [name, shape] of Object.entries(shapes)) {
  const count = shape.reduce((product, length) => product * length, 1);
  state[name] = { shape, data: numbers.slice(offset, offset + count) };
  offset += count;
}
const program = await compile({ state, build: () => trainingStep(size, shapes) });

const rows = size.batch * size.context;
const tokens = new Int32Array(rows);
const targets = new Int32Array(rows);
let step = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  let loss = Number.NaN;
  for (const end = step + Number(line); step < end; ) {
    for (let window = 0; window < size.batch; window++) {
      const start = starts[(step % PREPARED_STEPS) * size.batch + window]!;
      tokens.set(text.subarray(start, start + size.context), window * size.context);
      targets.set(text.subarray(start + 1, start + 1 + size.context), window * size.context);
    }
    step += 1;
    loss = (await program.run({ tokens, targets, ...corrections(step) })).loss![0]!;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, loss }));
}

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gelu } from './activation.ts';
import { causalAttention } from './attention.ts';
import { add, multiply, subtract } from './elementwise.ts';
import { randomNumbers } from './finite-difference.ts';
import { input, trace } from './graph.ts';
import { gather } from './indexing.ts';
import { matmul } from './matmul.ts';
import { compile, exportOnnx, type State } from './program.ts';
import { mean } from './reduction.ts';
import { loadRuntime } from './runtime.ts';

const counter = (): State => ({ count: { shape: [2], data: new Float32Array([1, 10]) } });

describe('a program', () => {
  it('replaces the state that its outputs are named after, and returns the others', async () => {
    const state = counter();
    const program = await compile({
      state,
      build() {
        const count = input('count', [2]);
        return { count: add(count, input('by', [1])), before: count };
      },
    });
    const first = await program.run({ by: new Float32Array([1]) });
    const second = await program.run({ by: new Float32Array([5]) });
    expect(first).toEqual({ before: new Float32Array([1, 10]) });
    expect(second).toEqual({ before: new Float32Array([2, 11]) });
    expect(state.count!.data).toEqual(new Float32Array([7, 16]));
  });

  it('shares its state with other programs', async () => {
    const state = counter();
    const step = await compile({ state, build: () => ({ count: multiply(input('count', [2]), 2) }) });
    const read = await compile({ state, build: () => ({ total: mean(input('count', [2]), [0]) }) });
    await step.run({});
    await step.run({});
    expect((await read.run({})).total).toEqual(new Float32Array([22]));
    state.count!.data = new Float32Array([1, 2]);
    expect((await read.run({})).total).toEqual(new Float32Array([1.5]));
  });

  it('exchanges two states in one run', async () => {
    const state: State = {
      a: { shape: [1], data: new Float32Array([1]) },
      b: { shape: [1], data: new Float32Array([2]) },
    };
    const program = await compile({ state, build: () => ({ a: input('b', [1]), b: input('a', [1]) }) });
    await program.run({});
    expect([state.a!.data[0], state.b!.data[0]]).toEqual([2, 1]);
    await program.run({});
    expect([state.a!.data[0], state.b!.data[0]]).toEqual([1, 2]);
  });

  it('leaves out what no output needs', async () => {
    const program = await compile({
      state: {},
      build() {
        const x = input('x', [2]);
        gelu(x);
        return { y: add(x, 1) };
      },
    });
    expect(program.nodes).toBe(1);
  });

  it('returns one value under two names, and an input as it came', async () => {
    const program = await compile({
      state: {},
      build() {
        const x = input('x', [1]);
        const y = multiply(x, 2);
        return { x, y, again: y, more: add(y, 1) };
      },
    });
    const [one, two, three] = [1, 2, 3].map((value) => new Float32Array([value]));
    expect(await program.run({ x: one! })).toEqual({ x: one, y: two, again: two, more: three });
  });

  it('does not ask for an input that no output needs', async () => {
    const program = await compile({
      state: {},
      build() {
        input('unused', [3]);
        return { y: add(input('x', [1]), 1) };
      },
    });
    expect((await program.run({ x: new Float32Array([1]) })).y).toEqual(new Float32Array([2]));
  });

  it('says what is wrong with a feed', async () => {
    const program = await compile({
      state: counter(),
      build: () => ({
        y: gather(matmul(input('x', [2, 2]), input('x', [2, 2])), input('at', [3], 'int32')),
        z: input('count', [2]),
      }),
    });
    const x = new Float32Array(4);
    const at = new Int32Array(3);
    await expect(program.run({ x })).rejects.toThrow('input "at" [3] was not fed');
    await expect(program.run({ x, at: at.subarray(1) })).rejects.toThrow(
      'input "at" [3] takes 3 numbers, got 2',
    );
    await expect(program.run({ x, at: new Float32Array(3) })).rejects.toThrow(
      'takes int32, got Float32Array',
    );
    await expect(program.run({ x, at, y: x })).rejects.toThrow('run: "y" is no input to feed');
    await expect(program.run({ x, at, count: x })).rejects.toThrow('run: "count" is no input to feed');
    await expect(program.run({ x, at: Int32Array.from([0, 1, 2]) })).rejects.toThrow();
    expect((await program.run({ x, at })).z).toEqual(new Float32Array([1, 10]));
  });

  it('refuses one array for two entries of the state', async () => {
    const data = new Float32Array(1);
    const state: State = { a: { shape: [1], data }, b: { shape: [1], data } };
    const program = await compile({ state, build: () => ({ a: input('b', [1]), b: input('a', [1]) }) });
    await expect(program.run({})).rejects.toThrow('run: two entries of the state share one array');
  });

  it('refuses a second run while one is under way', async () => {
    const program = await compile({ state: {}, build: () => ({ y: add(input('x', [1]), 1) }) });
    const first = program.run({ x: new Float32Array([1]) });
    await expect(program.run({ x: new Float32Array([2]) })).rejects.toThrow(
      'the previous run of this program',
    );
    expect((await first).y).toEqual(new Float32Array([2]));
  });

  it('refuses outputs and inputs that do not fit the state', async () => {
    const state = counter();
    await expect(compile({ state, build: () => ({ count: input('x', [3]) }) })).rejects.toThrow(
      'output "count": [3] cannot replace state of [2]',
    );
    await expect(compile({ state, build: () => ({ y: input('count', [3]) }) })).rejects.toThrow(
      'input "count": [3] is declared, [2] is held',
    );
    await expect(compile({ state, build: () => ({ y: input('x', [3], 'int32') }) })).rejects.toThrow(
      'output "y" is int32; outputs must be float32',
    );
    const { result: stranger } = trace(() => input('x', [3]));
    await expect(compile({ state, build: () => ({ y: stranger }) })).rejects.toThrow(
      'output "y" belongs to another',
    );
  });

  it.each([
    '1',
    '2',
  ])('gives equal bits for equal seeds and steps, in two processes of %s threads', (threads) => {
    const script = fileURLToPath(new URL('./fixtures/train-and-hash.ts', import.meta.url));
    const run = (seed: string) =>
      execFileSync(process.execPath, [script, seed, threads], { encoding: 'utf8' });
    const first = run('1');
    expect(first).toMatch(/^[0-9a-f]{64}\n$/);
    expect(run('1')).toBe(first);
    expect(run('2')).not.toBe(first);
  });
});

describe('exportOnnx', () => {
  const shape = [2, 8];
  const parameters: State = {
    table: { shape: [5, 4], data: randomNumbers(20, 1) },
    weights: { shape: [4, 5], data: randomNumbers(20, 2) },
  };
  const build = () => {
    const x = gather(input('table', [5, 4]), input('tokens', shape, 'int32'));
    const y = gelu(causalAttention(x, subtract(x, 0.5), x));
    return { logits: matmul(y, multiply(input('weights', [4, 5]), 2), { scale: 3 }) };
  };
  const tokens = Int32Array.from({ length: 16 }, (_, index) => index % 5);

  it('writes a file that computes what the program does, from its tokens alone', async () => {
    const program = await compile({ state: parameters, build });
    const { logits: expected } = await program.run({ tokens });
    const { InferenceSession, Tensor } = loadRuntime();
    const session = await InferenceSession.create(exportOnnx({ parameters, build }), {});
    const logits = new Tensor('float32', new Float32Array(80), [2, 8, 5]);
    await session.run({ tokens: new Tensor('int32', tokens, shape) }, { logits });
    for (const [index, value] of expected!.entries()) expect(logits.data[index]).toBeCloseTo(value, 4);
  });

  it('uses standard operators only', () => {
    const text = Buffer.from(exportOnnx({ parameters, build })).toString('latin1');
    expect(text).toContain('MatMul');
    expect(text).not.toContain('com.microsoft');
    expect(text).not.toContain('Fused');
  });

  it("refuses an output of an input's name, and names of its own", () => {
    const named = (name: string) => () =>
      exportOnnx({ parameters, build: () => ({ [name]: build().logits }) });
    expect(named('tokens')).toThrow('exportOnnx: "tokens" names both an input and an output');
    expect(named('%1')).toThrow('output: the name "%1" is empty or contains %');
    expect(named('')).toThrow('output: the name "" is empty or contains %');
  });

  it('refuses a parameter of another shape', () => {
    const wrong = { ...parameters, table: { shape: [4, 5], data: randomNumbers(20, 1) } };
    expect(() => exportOnnx({ parameters: wrong, build })).toThrow(
      'input "table": [5, 4] is declared, [4, 5] is held',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { add, exponential, multiply, square } from './elementwise.ts';
import { gradient } from './gradient.ts';
import { constant, input, scalar, type Tensor, trace } from './graph.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduction.ts';
import { concatenate } from './shape.ts';

describe('a trace', () => {
  it('is needed by every operation', () => {
    const { result } = trace(() => input('x', [2]));
    const outside = (name: string) => `${name}: called outside a trace`;
    expect(() => input('x', [2])).toThrow(outside('input'));
    expect(() => scalar(1)).toThrow(outside('scalar'));
    expect(() => add(result, 1)).toThrow(outside('add'));
    expect(() => exponential(result)).toThrow(outside('exponential'));
    expect(() => gradient(result, [])).toThrow(outside('gradient'));
  });

  it('does not take tensors of another', () => {
    const { result: stranger } = trace(() => input('x', [2]));
    const message = 'an operand of shape [2] belongs to another trace';
    expect(() => trace(() => add(input('y', [2]), stranger))).toThrow(`add: ${message}`);
    expect(() => trace(() => concatenate([input('y', [2]), stranger], 0))).toThrow(`concatenate: ${message}`);
    expect(() => trace(() => gradient(sum(input('y', [2]), [0]), [stranger]))).toThrow(
      `gradient: ${message}`,
    );
  });

  it('nests without mixing', () => {
    const { trace: outer, result: inner } = trace(() => {
      const x = input('x', [2]);
      const nested = trace(() => exponential(input('y', [3])));
      add(x, 1);
      return nested.trace;
    });
    expect([...outer.inputs.keys()]).toEqual(['x']);
    expect([...inner.inputs.keys()]).toEqual(['y']);
    expect(outer.nodes.map((node) => node.operator)).toEqual(['Add']);
    expect(inner.nodes.map((node) => node.operator)).toEqual(['Exp']);
  });

  it('is over after an error, and after a nested one', () => {
    expect(() => trace(() => add(input('x', [2]), input('y', [3])))).toThrow('do not broadcast');
    expect(() => scalar(1)).toThrow('outside a trace');
    trace(() => {
      expect(() => trace(() => add(input('x', [2]), input('y', [3])))).toThrow('do not broadcast');
      expect(add(input('z', [2]), 1).shape).toEqual([2]);
    });
  });

  it('refuses an asynchronous build', () => {
    expect(() => trace(async () => input('x', [2]))).toThrow('trace: build() returned a promise');
  });

  it('computes the same thing once', () => {
    const { trace: graph } = trace(() => {
      const x = input('x', [2]);
      return add(multiply(exponential(x), 2), multiply(exponential(x), 2));
    });
    expect(graph.nodes.map((node) => node.operator)).toEqual(['Exp', 'Mul', 'Add']);
  });

  it('keeps apart what differs only in a number', () => {
    const { trace: graph } = trace(() => {
      const x = input('x', [2]);
      return add(multiply(x, 0.1), multiply(x, 0.2));
    });
    expect(graph.nodes.map((node) => node.operator)).toEqual(['Mul', 'Mul', 'Add']);
    expect(trace(() => [scalar(0), scalar(-0)]).trace.weights.length).toBe(2);
  });
});

it('operations on numbers refuse indices by name', () => {
  const whole = () => input('whole', [2, 2], 'int32');
  const operations = {
    sum: () => sum(whole(), [0]),
    exponential: () => exponential(whole()),
    square: () => square(whole()),
  };
  for (const [name, operation] of Object.entries(operations)) {
    expect(() => trace(operation)).toThrow(`${name}: [2, 2]: needs float32, and one is int32`);
  }
  expect(() => trace(() => matmul(input('x', [3, 2]), whole()))).toThrow(
    'matmul: [3, 2] x [2, 2]: needs float32, and one is int32',
  );
});

describe('input and constant', () => {
  it('return the tensor already declared under that name', () => {
    trace(() => expect(input('x', [2])).toBe(input('x', [2])));
  });

  it('refuse a second declaration that differs', () => {
    const twice = (second: () => Tensor) => () => trace(() => [input('x', [2]), second()]);
    expect(twice(() => input('x', [3]))).toThrow('input x: [2] x [3]: declared twice');
    expect(twice(() => input('x', [2], 'int32'))).toThrow('input x: [2] x [2]: declared twice');
  });

  it('refuse impossible shapes, names and counts', () => {
    for (const size of [0, -1, 1.5, Number.NaN]) {
      expect(() => trace(() => input('x', [size]))).toThrow(
        `input x: [${size}]: every size must be a whole number`,
      );
    }
    expect(() => trace(() => input('', [1]))).toThrow('input: the name "" is empty');
    expect(() => trace(() => input('%1', [1]))).toThrow('input: the name "%1" is empty or contains %');
    expect(() => trace(() => constant('c', [3], new Float32Array(2)))).toThrow(
      'constant c: [3]: needs 3 numbers, got 2',
    );
  });

  it('refuse one key for two arrays', () => {
    expect(() =>
      trace(() => [constant('c', [1], new Float32Array([1])), constant('c', [1], new Float32Array([2]))]),
    ).toThrow('constant c: [1]: the same key already stands for other numbers');
  });
});

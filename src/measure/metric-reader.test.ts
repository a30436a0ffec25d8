import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricReader, type Reading } from './metric-reader.ts';

function read(lines: { metrics?: readonly string[]; output?: readonly string[] }): Reading {
  const reader = new MetricReader('val_bpb');
  for (const line of lines.metrics ?? []) reader.line('metrics', line);
  for (const line of lines.output ?? []) reader.line('output', line);
  return reader.reading;
}

const KARPATHY_SUMMARY = `step 00953 (100.0%) | loss: 2.997900 | lrm: 0.00 | dt: 300ms
---
val_bpb:          0.997900
training_seconds: 300.1
total_seconds:    325.9
peak_vram_mb:     45060.2
mfu_percent:      39.80
total_tokens_M:   499.6
num_steps:        953
num_params_M:     50.3
depth:            8`.split('\n');

test('the summary of karpathy/autoresearch is measured as it is', () => {
  expect(read({ output: KARPATHY_SUMMARY })).toEqual({
    kind: 'measured',
    value: 0.9979,
    others: {
      training_seconds: 300.1,
      total_seconds: 325.9,
      peak_vram_mb: 45060.2,
      mfu_percent: 39.8,
      total_tokens_M: 499.6,
      num_steps: 953,
      num_params_M: 50.3,
      depth: 8,
    },
    steps: 953,
    source: 'output',
  });
});

test('final values may come in several lines of the file', () => {
  expect(read({ metrics: ['{"steps":44}', '', '{"progress":1,"val_bpb":9}', '{"val_bpb":2.31}'] })).toEqual({
    kind: 'measured',
    value: 2.31,
    others: { steps: 44 },
    steps: 44,
    source: 'metrics',
  });
});

test('no line about the objective is no measurement', () => {
  expect(read({})).toEqual({ kind: 'missing' });
  expect(
    read({ metrics: ['{"progress":1,"val_bpb":2}', '{"loss":2}'], output: ['loss: 1', 'done'] }),
  ).toEqual({ kind: 'missing' });
});

test.each([
  ['twice in the file', { metrics: ['{"val_bpb":1}', '{"val_bpb":1}'] }],
  ['twice in one line of the file', { metrics: ['{"val_bpb":1,"val_bpb":1}'] }],
  ['twice on standard output', { output: ['val_bpb: 1', 'val_bpb: 1'] }],
  ['twice, the second no number', { output: ['val_bpb: 1', 'val_bpb: nan'] }],
  ['as NaN', { output: ['val_bpb: nan'] }],
  ['as infinity', { output: ['val_bpb: -inf'] }],
  ['as infinity by overflow', { metrics: ['{"val_bpb":1e999}'] }],
  ['as NaN in JSON', { metrics: ['{"val_bpb":NaN}'] }],
  ['as null', { metrics: ['{"val_bpb":null}'] }],
  ['as text', { metrics: ['{"val_bpb":"1"}'] }],
  ['differently in both places', { metrics: ['{"val_bpb":1}'], output: ['val_bpb: 2'] }],
  ['well in the file and badly on standard output', { metrics: ['{"val_bpb":1}'], output: ['val_bpb: nan'] }],
  ['well, beside a line that cannot be read', { metrics: ['{"val_bpb":1}', '{"val_bpb":'] }],
])('an objective told %s is invalid', (_, lines) => {
  const reading = read(lines);
  expect(reading.kind).toBe('invalid');
  expect(reading.kind === 'invalid' && reading.reason).toMatch(/val_bpb/);
});

test('the same number in both places, or printed with fewer digits, is one measurement', () => {
  const measured = { kind: 'measured', value: 2.310049, source: 'metrics' };
  expect(read({ metrics: ['{"val_bpb":2.310049}'], output: ['val_bpb: 2.310049'] })).toMatchObject(measured);
  expect(read({ metrics: ['{"val_bpb":2.310049}'], output: ['val_bpb: 2.3100'] })).toMatchObject(measured);
  expect(read({ metrics: ['{"val_bpb":2.310049}'], output: ['val_bpb: 2.3101'] }).kind).toBe('invalid');
});

test('another metric that is told twice is left out, and the objective still counts', () => {
  const reading = read({ output: ['loss: 3', 'loss: 2', 'lr: 0.1', 'val_bpb: 1'] });
  expect(reading).toMatchObject({ kind: 'measured', value: 1, others: { lr: 0.1 } });
  expect(read({ metrics: ['{"val_bpb":1,"a":1,"b":2}'], output: ['a: 5', 'b: 2'] })).toMatchObject({
    others: { b: 2 },
  });
});

test('a flood of other metrics is bounded and does not hide the objective', () => {
  const flood = Array.from({ length: 10_000 }, (_, index) => `metric_${index}: ${index}`);
  const reading = read({ output: [...flood, 'val_bpb: 1'] });
  expect(reading.kind === 'measured' && Object.keys(reading.others).length).toBe(64);
});

test('steps are a whole number or nothing', () => {
  expect(read({ metrics: ['{"val_bpb":1,"steps":1.5}'] })).not.toHaveProperty('steps');
  expect(read({ metrics: ['{"val_bpb":1,"steps":-1}'] })).not.toHaveProperty('steps');
});

test('whatever lines come, a measurement is a finite number told for the objective', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'val_bpb: 1',
      'val_bpb: nan',
      '{"val_bpb":1}',
      '{"val_bpb":2}',
      'val_bpb: 1e999',
      '{"progress":0.5}',
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 4 }), (metrics, output) => {
      const reading = read({ metrics, output });
      if (reading.kind === 'measured') expect([1, 2]).toContain(reading.value);
    }),
  );
});

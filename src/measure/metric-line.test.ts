import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRIC_NAME } from '../model/metric.ts';
import { parseMetricLine, parsePrintedLine } from './metric-line.ts';

const name = fc.stringMatching(METRIC_NAME).filter((text) => text !== 'progress');
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

test('any finite numbers written as JSON are read back exactly', () => {
  fc.assert(
    fc.property(fc.dictionary(name, finite), (values) => {
      const line = parseMetricLine(JSON.stringify(values));
      if (line.kind !== 'final') throw new Error(line.kind);
      const read = [...line.values].map(([key, written]) => [
        key,
        written.kind === 'number' && written.value,
      ]);
      expect(Object.fromEntries(read)).toEqual({ ...values });
    }),
  );
});

test('no input is anything but one of the four kinds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(['blank', 'progress', 'final', 'malformed']).toContain(parseMetricLine(text).kind);
    }),
  );
});

test('a name written twice in one line is never overlooked, however it is spelled', () => {
  expect(parseMetricLine('{"val_bpb":1,"val_bpb":1}').kind).toBe('malformed');
  expect(parseMetricLine('{"val_bpb":1,"val\\u005fbpb":2}').kind).toBe('malformed');
  fc.assert(
    fc.property(name, fc.dictionary(fc.string(), fc.jsonValue()), (key, others) => {
      const rest = Object.entries(others).map(
        ([other, value]) => `,${JSON.stringify(other)}:${JSON.stringify(value)}`,
      );
      const line = `{"${key}":1${rest.join('')},"${key}":1}`;
      expect(parseMetricLine(line).kind).toBe('malformed');
    }),
  );
});

test('the same name inside another value is no second one', () => {
  expect(
    parseMetricLine('{"val_bpb":1,"by_book":{"val_bpb":2},"list":[{"val_bpb":3}],"text":"\\"val_bpb\\":"}')
      .kind,
  ).toBe('final');
});

test.each([
  '{"val_bpb":NaN}',
  '{"val_bpb":Infinity}',
  '[1]',
  '3',
  'null',
  'val_bpb: 3',
  '{"val_bpb":1',
  '{"progress":1.5}',
  '{"progress":"half"}',
])('the line %s is malformed', (line) => {
  expect(parseMetricLine(line).kind).toBe('malformed');
});

test('a line with progress is a point of the curve, with the finite numbers beside it', () => {
  expect(parseMetricLine('{"progress":0.4,"val_bpb":1.02,"name":"x","loss":null,"bad name":3}')).toEqual({
    kind: 'progress',
    point: { progress: 0.4, values: { val_bpb: 1.02 } },
  });
});

test.each([
  ['val_bpb:          0.997900', 'val_bpb', 0.9979],
  ['peak_vram_mb:     45060.2', 'peak_vram_mb', 45060.2],
  ['loss:-1e-3', 'loss', -0.001],
  ['eval/acc.top-1:\t.5 ', 'eval/acc.top-1', 0.5],
])('the printed line %j holds a number', (line, metric, value) => {
  expect(parsePrintedLine(line)).toMatchObject({ name: metric, written: { kind: 'number', value } });
});

test.each([
  'nan',
  'NaN',
  'inf',
  '-Infinity',
  '1e999',
  '0x10',
  '1_000',
  '1,5',
  '',
  '1 2',
  '2 bits/byte',
])('the printed value %j is no number', (text) => {
  expect(parsePrintedLine(`val_bpb: ${text}`)).toMatchObject({ name: 'val_bpb', written: { kind: 'other' } });
});

test.each([
  '---',
  'step 5: 3',
  ' val_bpb: 1',
  'val_bpb 1',
  '5: 3',
  `${'x'.repeat(65)}: 1`,
  'Error: something'.slice(5),
])('the printed line %j names no metric', (line) => {
  expect(parsePrintedLine(line)).toBeUndefined();
});

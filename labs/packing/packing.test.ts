import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pack } from './packing.ts';
import { readPacking } from './verify.ts';

/** 26 circles that touch nothing, some of them replaced. */
function circles(replaced: Record<number, unknown> = {}): unknown[] {
  return Array.from({ length: 26 }, (_, index) => {
    const plain = { x: 0.1 + 0.15 * (index % 6), y: 0.1 + 0.15 * Math.floor(index / 6), r: 0.05 };
    return index in replaced ? replaced[index] : plain;
  });
}

test('the baseline is a valid packing that leaves something to gain, and equal seeds pack equally', () => {
  const packing = readPacking(JSON.stringify(pack(7)));
  const sum = packing.reduce((total, circle) => total + circle.r, 0);
  expect(sum).toBeGreaterThan(2.4);
  expect(sum).toBeLessThan(2.6);
  expect(pack(7)).toEqual(packing);
  expect(pack(8)).not.toEqual(packing);
});

describe('a packing', () => {
  test('may touch the border and other circles, up to rounding', () => {
    const touching = { 0: { x: 0.05, y: 0.1, r: 0.05 + 5e-10 }, 1: { x: 0.15, y: 0.1, r: 0.05 } };
    expect(readPacking(JSON.stringify(circles(touching)))).toHaveLength(26);
  });

  test.each<[name: string, value: unknown, reason: RegExp]>([
    ['that overlaps', circles({ 1: { x: 0.1 + 0.1 - 3e-9, y: 0.1, r: 0.05 } }), /circles 1 and 2 overlap/],
    [
      'with one circle inside another',
      circles({ 1: { x: 0.1, y: 0.1, r: 0.01 } }),
      /circles 1 and 2 overlap/,
    ],
    [
      'that reaches outside',
      circles({ 0: { x: 0.05, y: 0.1, r: 0.05 + 2e-9 } }),
      /circle 1 reaches .* outside/,
    ],
    ['with a centre outside', circles({ 25: { x: 2, y: 2, r: 0.1 } }), /circle 26 reaches/],
    ['with a negative radius', circles({ 3: { x: 0.5, y: 0.9, r: -0.1 } }), /circle 4 has the radius/],
    ['with NaN, which JSON writes as null', circles({ 3: { x: Number.NaN, y: 0, r: 0 } }), /circle 4 lacks/],
    ['with numbers as texts', circles({ 3: { x: '0.5', y: 0.9, r: 0.01 } }), /circle 4 lacks/],
    ['with something else than circles', circles({ 3: null }), /circle 4 lacks/],
    ['of too few circles', circles().slice(1), /25 circles, not 26/],
    ['of too many circles', [...circles(), { x: 0.95, y: 0.95, r: 0 }], /27 circles, not 26/],
    ['that is no list', { circles: circles() }, /no list/],
  ])('%s is refused with the reason', (_, value, reason) => {
    expect(() => readPacking(JSON.stringify(value))).toThrow(reason);
  });
});

describe('the commands of the lab', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ratchet packing-'));
    cpSync(import.meta.dirname, folder, { recursive: true, filter: (path) => !path.includes('.ratchet') });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const node = (file: string, seed = '1') => {
    const env = { RATCHET_SEED: seed, RATCHET_METRICS: join(folder, 'metrics.jsonl') };
    return spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', env });
  };

  test('run leaves what evaluate scores', () => {
    expect(node('packing.ts', '3')).toMatchObject({ status: 0, stdout: '' });
    const evaluated = node('verify.ts');
    const sum = pack(3).reduce((total, circle) => total + circle.r, 0);
    expect(evaluated).toMatchObject({ status: 0, stdout: `sum_of_radii: ${sum}\n` });
  });

  test('evaluate prints no score for a bad file, and says why', () => {
    writeFileSync(join(folder, 'circles.json'), 'not JSON');
    expect(node('verify.ts')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^refused: /),
    });
    rmSync(join(folder, 'circles.json'));
    expect(node('verify.ts')).toMatchObject({ status: 1, stdout: '' });
    writeFileSync(join(folder, 'circles.json'), ' '.repeat(70_000));
    expect(node('verify.ts').stderr).toMatch(/70000 bytes/);
    const told = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
    expect(told.map((line) => JSON.parse(line))).toEqual([
      { refused: expect.stringMatching(/JSON/) },
      { refused: expect.stringMatching(/no such file/) },
      { refused: expect.stringMatching(/70000 bytes/) },
    ]);
  });
});

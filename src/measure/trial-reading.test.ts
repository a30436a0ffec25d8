import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProgram } from '../lab/program.ts';
import { CHECKPOINTS } from '../model/trial.ts';
import { openTrialReading, type TrialReading } from './trial-reading.ts';

const PROGRAM = [
  '---',
  'objective: loss',
  'direction: minimize',
  'edit: [train.ts]',
  'run: node train.ts',
  'budget: { trial: 20s }',
  '---',
];

function withReading<Result>(work: (reading: TrialReading) => Result): Result {
  const reading = readProgram(PROGRAM.join('\n'));
  if (reading.kind !== 'program') throw new Error(JSON.stringify(reading));
  return work(openTrialReading(reading.program, '/nowhere/curve.jsonl'));
}

/** Tells the progress as a lab does, the value being the number of the line; returns which lines passed a checkpoint. */
function tell(reading: TrialReading, progress: readonly number[]): number[] {
  return progress.flatMap((share, index) =>
    reading.line('run', 'metrics', JSON.stringify({ progress: share, index })) ? index : [],
  );
}

test('the first point at or after each checkpoint is kept, and the last point, each once', () => {
  withReading((reading) => {
    expect(tell(reading, [0, 0.09, 0.1, 0.15, 0.19, 0.21, 0.41, 0.5, 0.59, 0.6, 0.7, 1])).toEqual([
      2, 5, 6, 9,
    ]);
    const points = [0.1, 0.21, 0.41, 0.6];
    expect(reading.checkpoints().map(({ progress }) => progress)).toEqual(points);
    expect(reading.curve().map(({ progress }) => progress)).toEqual([...points, 1]);
  });
});

test('a point that passes several checkpoints is kept once, also where it is the last', () => {
  withReading((reading) => {
    expect(tell(reading, [0.05, 0.5])).toEqual([1]);
    expect(reading.curve()).toEqual([{ progress: 0.5, values: { index: 1 } }]);
    expect(tell(reading, [0.9])).toEqual([0]);
    expect(reading.curve().map(({ progress }) => progress)).toEqual([0.5, 0.9]);
  });
});

test('before the first checkpoint there is a last point, and without progress there is none', () => {
  withReading((reading) => {
    expect(reading.curve()).toEqual([]);
    tell(reading, [0.01, 0.02]);
    expect(reading.checkpoints()).toEqual([]);
    expect(reading.curve()).toEqual([{ progress: 0.02, values: { index: 1 } }]);
  });
});

test('an evaluation and checks pass no checkpoint: nothing is left to be saved', () => {
  withReading((reading) => {
    const line = JSON.stringify({ progress: 0.5 });
    expect(reading.line('evaluate', 'metrics', line)).toBe(false);
    expect(reading.line('checks', 'metrics', line)).toBe(false);
    expect(reading.checkpoints()).toEqual([]);
  });
});

test('however progress comes, points stand in their order, one a checkpoint at most, the earliest that passes it', () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 });
  fc.assert(
    fc.property(shares, (progress) =>
      withReading((reading) => {
        const passing = tell(reading, progress);
        const points = reading.checkpoints().map(({ values }) => values.index!);
        expect(points).toEqual(passing);
        const firsts = CHECKPOINTS.map((checkpoint) => progress.findIndex((share) => share >= checkpoint));
        expect(new Set(points)).toEqual(new Set(firsts.filter((index) => index !== -1)));
        expect(reading.curve().at(-1)?.values.index).toBe(
          progress.length === 0 ? undefined : progress.length - 1,
        );
      }),
    ),
  );
});

test('the points of the checkpoints are exact where the curve on disk is thinned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-curve-'));
  try {
    const reading = readProgram(PROGRAM.join('\n'));
    if (reading.kind !== 'program') throw new Error(JSON.stringify(reading));
    const file = join(folder, 'curve.jsonl');
    const trial = openTrialReading(reading.program, file);
    tell(
      trial,
      Array.from({ length: 10_000 }, (_, index) => index / 10_000),
    );
    trial[Symbol.dispose]();
    expect(trial.curve().map(({ values }) => values.index)).toEqual([1000, 2000, 4000, 6000, 9999]);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(256);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProgram } from '../lab/program.ts';
import type { StageEnding } from '../model/executor.ts';
import { CHECKPOINTS, type Stage } from '../model/trial.ts';
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

const EVALUATED = PROGRAM.toSpliced(-1, 0, 'artifacts: [model]', 'evaluate: node score.ts');

function withReading<Result>(work: (reading: TrialReading) => Result, lines = PROGRAM): Result {
  const reading = readProgram(lines.join('\n'));
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

describe('a refusal by the evaluation', () => {
  const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
  const ended = (ending: StageEnding, stage: Stage = 'evaluate') => ({
    stage,
    ending,
    usage,
    tail: 'last words',
  });
  const refusal = '{"refused":"it looks ahead"}';
  const invalid = { kind: 'invalid', reason: 'the evaluation refused it: it looks ahead' };

  test.each<[how: string, ending: StageEnding]>([
    ['exited with 0', { kind: 'exited', code: 0 }],
    ['exited with 1', { kind: 'exited', code: 1 }],
    ['was killed by a signal', { kind: 'signalled', signal: 'SIGSEGV' }],
  ])('makes a trial invalid, with its reason, after which the command %s', (_, ending) => {
    withReading((reading) => {
      reading.line('evaluate', 'metrics', refusal);
      expect(reading.outcome(ended(ending))).toEqual(invalid);
    }, EVALUATED);
  });

  test('stands whatever was scored before or after it, and nothing is worth checking then', () => {
    for (const lines of [
      [refusal, '{"loss":1}'],
      ['{"loss":1}', refusal, '{"refused":"something else"}'],
    ]) {
      withReading((reading) => {
        for (const line of lines) reading.line('evaluate', 'metrics', line);
        expect(reading.measured()).toBeUndefined();
        expect(reading.outcome(ended({ kind: 'exited', code: 0 }))).toEqual(invalid);
      }, EVALUATED);
    }
  });

  test('changes nothing where the budget, the machine or the engine ended the command', () => {
    withReading((reading) => {
      reading.line('evaluate', 'metrics', refusal);
      const exceeded = { type: 'cpu', value: 66, limit: 65 } as const;
      expect(reading.outcome(ended({ kind: 'limit', exceeded })).kind).toBe('timeout');
      expect(reading.outcome(ended({ kind: 'fault', reason: 'the disk is full' })).kind).toBe('fault');
      expect(reading.outcome(ended({ kind: 'cancelled' })).kind).toBe('cancelled');
    }, EVALUATED);
  });

  test("is the evaluation's to give: neither a run nor checks can, nor a line on standard output", () => {
    withReading((reading) => {
      reading.line('run', 'metrics', refusal);
      reading.line('checks', 'metrics', refusal);
      reading.line('evaluate', 'output', refusal);
      reading.line('evaluate', 'metrics', '{"loss":1}');
      expect(reading.outcome(ended({ kind: 'exited', code: 0 }))).toMatchObject({
        kind: 'completed',
        measurement: { value: 1, source: 'evaluated' },
      });
    }, EVALUATED);
    withReading((reading) => {
      for (const line of [refusal, '{"loss":1}']) reading.line('run', 'metrics', line);
      expect(reading.outcome(ended({ kind: 'exited', code: 0 }, 'run')).kind).toBe('completed');
    });
  });
});

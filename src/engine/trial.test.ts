import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrialReading } from '../measure/trial-reading.ts';
import type { StageEnding } from '../model/executor.ts';
import type { Commit, TrialId } from '../model/identity.ts';
import type { Stop } from '../model/judge.ts';
import { isTime } from '../model/limit.ts';
import type { CurvePoint, EndedTrial, Outcome } from '../model/trial.ts';
import { ENGINE, START, trialSubmit } from '../record/fixtures/history.ts';
import { startLedger } from '../record/ledger.ts';
import { Flight } from './in-flight.ts';
import { finishTrial } from './trial.ts';

const USAGE = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
const COMPLETED: Outcome = {
  kind: 'completed',
  measurement: { value: 2, source: 'evaluated' },
  others: {},
};
const STOP: Stop = {
  trial: 1 as TrialId,
  forecast: { progress: 0.25, gain: -1, deviation: 0.5 },
  reason: 'r'.repeat(3000),
};

/** What has been read of a trial that ends: it completed, or it did not, as its executor says. */
function readingOf(outcome: Outcome, point: CurvePoint): TrialReading {
  return {
    line: () => false,
    share: () => 1,
    measured: () => undefined,
    outcome: ({ ending }) => {
      switch (ending.kind) {
        case 'exited':
          return outcome;
        case 'limit':
          return isTime(ending.exceeded)
            ? { kind: 'timeout', stage: 'run', exceeded: ending.exceeded }
            : { kind: 'crash', stage: 'run', how: ending.exceeded.type };
        default:
          return { kind: 'cancelled', reason: 'the engine was asked to stop' };
      }
    },
    checkpoints: () => [],
    curve: () => [point],
    [Symbol.dispose]: () => undefined,
  };
}

/** How the ledger says that a trial ended; `meanwhile` happens while it runs. */
async function endOf(
  reading: TrialReading,
  ending: StageEnding,
  meanwhile: (flight: Flight, abort: AbortController) => void = () => undefined,
): Promise<EndedTrial | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-trial-'));
  try {
    await using ledger = startLedger(join(folder, 'ledger.sqlite'), START, { author: 'test', now: Date.now });
    await ledger.append([ENGINE, trialSubmit(1, 'a'.repeat(40) as Commit)]);
    const abort = new AbortController();
    const flight = new Flight(ledger.state.running.get(1 as TrialId)!, reading, abort.signal);
    meanwhile(flight, abort);
    await finishTrial({ ledger }, flight, { stage: 'run', ending, usage: USAGE, tail: '' });
    return ledger.state.ended.get(1 as TrialId);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WHOLE = readingOf(COMPLETED, { progress: 0.25, values: { loss: 3 } });

test('a trial that told what no ledger can hold is invalid, and no fault of the engine', async () => {
  const infinite = { ...COMPLETED, measurement: { value: Infinity, source: 'evaluated' } } as const;
  const reading = readingOf(infinite, { progress: 2, values: {} });
  expect(await endOf(reading, { kind: 'exited', code: 0 })).toMatchObject({
    outcome: { kind: 'invalid', reason: expect.stringContaining('cannot hold what it told') },
    usage: USAGE,
    curve: [],
  });
});

test('a trial that the judge stops ends with its forecast, in a sentence that the ledger can hold', async () => {
  const ended = await endOf(WHOLE, { kind: 'cancelled' }, (flight) => flight.stop(STOP));
  expect(ended).toMatchObject({
    outcome: { kind: 'stopped', forecast: STOP.forecast },
    curve: [{ progress: 0.25 }],
  });
  expect(ended?.outcome.kind === 'stopped' && ended.outcome.reason).toMatch(/^r{1999}…$/);
});

test('a trial that ended by itself before it could be stopped keeps its own end', async () => {
  const stopped = (flight: Flight) => flight.stop(STOP);
  const completed = await endOf(WHOLE, { kind: 'exited', code: 0 }, stopped);
  expect(completed?.outcome).toEqual(COMPLETED);
  const exceeded = { type: 'wall', value: 3, limit: 2 } as const;
  const late = await endOf(WHOLE, { kind: 'limit', exceeded }, stopped);
  expect(late?.outcome).toMatchObject({ kind: 'timeout', exceeded });
});

test('of an engine that ends and a judge that stops, the first is the cause', async () => {
  const endsFirst = await endOf(WHOLE, { kind: 'cancelled' }, (flight, abort) => {
    abort.abort(new Error('asked to stop now'));
    flight.stop(STOP);
  });
  expect(endsFirst?.outcome.kind).toBe('cancelled');
  const stopsFirst = await endOf(WHOLE, { kind: 'cancelled' }, (flight, abort) => {
    flight.stop(STOP);
    abort.abort(new Error('asked to stop now'));
  });
  expect(stopsFirst?.outcome.kind).toBe('stopped');
});

test('a stop is asked once: the first forecast stands', async () => {
  const ended = await endOf(WHOLE, { kind: 'cancelled' }, (flight) => {
    flight.stop(STOP);
    flight.stop({ ...STOP, forecast: { ...STOP.forecast, gain: 7 } });
  });
  expect(ended?.outcome).toMatchObject({ kind: 'stopped', forecast: STOP.forecast });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrialReading } from '../measure/trial-reading.ts';
import type { Commit } from '../model/identity.ts';
import { ENGINE, START, trialSubmit } from '../record/fixtures/history.ts';
import { startLedger } from '../record/ledger.ts';
import { Flight } from './in-flight.ts';
import { finishTrial } from './trial.ts';

test('a trial that told what no ledger can hold is invalid, and no fault of the engine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-trial-'));
  try {
    await using ledger = startLedger(join(folder, 'ledger.sqlite'), START, { author: 'test', now: Date.now });
    await ledger.append([ENGINE, trialSubmit(1, 'a'.repeat(40) as Commit)]);
    const [trial] = ledger.state.running.values();
    const reading: TrialReading = {
      line: () => false,
      share: () => 1,
      measured: () => Infinity,
      outcome: () => ({
        kind: 'completed',
        measurement: { value: Infinity, source: 'evaluated' },
        others: {},
      }),
      checkpoints: () => [],
      curve: () => [{ progress: 2, values: {} }],
      [Symbol.dispose]: () => undefined,
    };
    const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
    const ran = { stage: 'run', ending: { kind: 'exited', code: 0 }, usage, tail: '' } as const;
    const flight = new Flight(trial!, reading, new AbortController().signal);
    await finishTrial({ ledger }, flight, ran);
    expect([...ledger.state.ended.values()]).toMatchObject([
      { outcome: { kind: 'invalid', reason: expect.stringContaining('cannot hold what it told') }, usage },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createCrashLab } from './crash-lab.ts';
import { type Ended, startEngine } from './engine.ts';
import { expectWholeStudies, verdictsOf } from './invariants.ts';
import type { Fault } from './strace.ts';

/** Verdicts that a study is brought to, with the fault and after it. */
const VERDICTS = 8;

/** A message that a person can act on: it names a thing and a mend, and shows no stack. */
export function expectMessage({ code, stdout, stderr }: Ended): void {
  expect(code, stdout + stderr).toBe(1);
  expect(`${stderr}\n${stdout}`).toMatch(
    /^(ratchet: \S.{20,}|the machine failed \d+ trials in a row: \S.{10,}; mend that)/m,
  );
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toMatch(/Error:|undefined|\[object/);
}

/** What a study met on its way. */
export interface Survival {
  /** Whether the fault's count was reached at all. */
  readonly met: boolean;
  /** Verdicts that were acknowledged before the engine ended. */
  readonly acknowledged: number;
}

/**
 * A fault whose count is never reached proves nothing: of those that a suite ran nearly all must have been met, and of
 * enough of them one after verdicts had been acknowledged.
 */
export function expectMet(survivals: readonly Survival[]): void {
  const met = survivals.filter((survival) => survival.met);
  expect(met.length, 'faults that were met').toBeGreaterThanOrEqual(0.9 * survivals.length);
  const acknowledged = met.filter((survival) => survival.acknowledged > 0);
  if (survivals.length >= 10) expect(acknowledged.length, 'faults met late').toBeGreaterThan(0);
}

/** Runs a study into a fault, resumes it without one, and checks that nothing of it was lost, doubled or left behind. */
export async function surviveFault(fault: Fault, slots: number): Promise<Survival> {
  using lab = createCrashLab();
  const log = join(lab.outside, 'strace.log');
  const first = await startEngine(lab, { experiments: VERDICTS, slots, fault, log }).ended;
  if (first.signal !== 'SIGKILL' && first.code !== 0) {
    expectMessage(first);
    if (fault.answer === 'ENOSPC')
      expect(first.stdout + first.stderr).toMatch(
        /[Ff]ree some space|make room|has room|free memory and disk|No space left on device/,
      );
  }
  if (fault.answer !== 'KILL') expect(first.signal, first.stderr).toBe(null);
  const left = Math.max(1, VERDICTS - verdictsOf(lab));
  const verdicts = verdictsOf(lab) + left;
  const second = await startEngine(lab, { experiments: left, slots }).ended;
  expect(second, first.stderr).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ratchet:') });
  await expectWholeStudies(lab, {
    verdicts,
    acknowledged: [...first.acknowledged, ...second.acknowledged],
  });
  const trace = existsSync(log) ? readFileSync(log, 'latin1') : '';
  return { met: /INJECTED|killed by SIGKILL/.test(trace), acknowledged: first.acknowledged.length };
}

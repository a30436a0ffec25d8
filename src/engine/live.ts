import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import * as z from 'zod';
import type { StudyFolder } from '../lab/folder.ts';
import type { TrialId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import type { SlotState } from './board.ts';

const liveSchema = z.strictObject({
  pid: z.int().positive(),
  course: z.enum(['running', 'paused', 'stopping', 'stopping-now']),
  /** Milliseconds since 1970. */
  at: z.number(),
  slots: z.int().min(1).max(1024),
  busy: z
    .array(
      z.strictObject({
        slot: z.int().nonnegative(),
        trial: z.int().positive(),
        stage: z.enum(['preparing', 'run', 'evaluate', 'checks']),
        share: z.number(),
        usage: z.strictObject({
          wallSeconds: z.number(),
          cpuSeconds: z.number(),
          peakMemoryBytes: z.number(),
        }),
      }),
    )
    .max(1024),
});

/** What an engine at work shows to other processes. The ledger tells all that lasts; this is only of the moment. */
export type Live = z.infer<typeof liveSchema>;

export function liveOf(course: Live['course'], at: number, slots: readonly SlotState[]): Live {
  const busy = slots.flatMap((state) => {
    if (state.kind === 'free') return [];
    const { slot, trial, stage, share, usage } = state;
    return { slot, trial: trial.trial, stage, share, usage };
  });
  return { pid: process.pid, course, at, slots: slots.length, busy };
}

/** The slots of an engine in another process, with the trials that its ledger says are running. */
export function slotStates(live: Live, state: StudyState): SlotState[] {
  const busy = new Map(live.busy.map((entry) => [entry.slot, entry]));
  return Array.from({ length: live.slots }, (_, slot): SlotState => {
    const entry = busy.get(slot);
    const trial = entry && state.running.get(entry.trial as TrialId);
    if (!trial) return { kind: 'free', slot };
    return { kind: 'busy', slot, trial, stage: entry.stage, share: entry.share, usage: entry.usage };
  });
}

export function writeLive(folder: StudyFolder, live: Live): void {
  const draft = join(folder.scratch, 'live.json');
  writeFileSync(draft, `${JSON.stringify(live)}\n`);
  renameSync(draft, folder.live);
}

export function removeLive(folder: StudyFolder): void {
  rmSync(folder.live, { force: true });
}

/** What the engine at work last showed; undefined where there is none, or where it is being replaced. */
export function readLive(folder: StudyFolder): Live | undefined {
  try {
    return liveSchema.parse(JSON.parse(readFileSync(folder.live, 'utf8')));
  } catch {
    return undefined;
  }
}

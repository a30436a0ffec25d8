import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryLab, type TemporaryLab } from '../../src/cli/fixtures/temporary-lab.ts';
import { writeLive } from '../../src/engine/live.ts';
import { lockStudy } from '../../src/engine/lock.ts';
import type { StudyEvent } from '../../src/model/event.ts';
import type { Commit, Digest, ExperimentId, HardwareClass, TrialId } from '../../src/model/identity.ts';
import { openLedger } from '../../src/record/ledger.ts';
import type { RowPage, SlotsFrame } from '../../src/serve/page/wire.ts';
import { type Served, served } from './served.ts';

const SETTLED = { timeout: 30_000 };

let lab: TemporaryLab;
beforeEach(() => {
  lab = createTemporaryLab();
});
afterEach(() => lab[Symbol.dispose]());

/** Experiment 6, made of a commit, with its trial in flight where that has a number. */
function begun(commit: Commit, trial?: TrialId): StudyEvent[] {
  const proposal: StudyEvent = {
    kind: 'proposal-add',
    experiment: 6 as ExperimentId,
    hypothesis: 'one that is in flight',
    category: 'numeric',
    origin: { kind: 'researcher', name: 'search' },
    edit: 'edit',
    parent: lab.commits[0]!,
    commit,
  };
  if (trial === undefined) return [proposal];
  const submission: StudyEvent = {
    kind: 'trial-submit',
    trial,
    commit,
    purpose: 'candidate',
    seed: 7,
    slot: 0,
    conditions: {
      hardware: 'x64/Sample Processor/1 core' as HardwareClass,
      budget: { clock: 'cpu', seconds: 5 },
      fidelity: 1,
      company: 'beside others',
      provided: 'a'.repeat(64) as Digest,
    },
    job: { executor: 'local', key: 'in-flight' },
  };
  return [proposal, submission];
}

async function append(page: Served, events: readonly StudyEvent[]): Promise<void> {
  const opening = openLedger(page.folder.ledger, { author: 'test', now: Date.now });
  if (opening.kind !== 'open') throw new Error('the ledger cannot be continued');
  await opening.ledger.append(events);
  await opening.ledger.close();
}

const answerOf = async <Answer>(page: Served, path: string) =>
  JSON.parse((await page.ask(path)).text) as Answer;

test('where the engine was killed nothing is shown as running, in the table nor in the slots', async () => {
  const folder = await lab.writeStudy({ experiments: 5, end: 'running' });
  await using page = await served(lab.folder);
  const trial = 7 as TrialId;
  await append(page, begun(lab.commits[6]!, trial));
  const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
  writeLive(
    { ...folder, scratch: folder.root },
    {
      pid: 2 ** 22 + 1,
      course: 'running',
      at: Date.now(),
      slots: 1,
      busy: [{ slot: 0, trial, stage: 'run', share: 0.5, usage }],
    },
  );
  const shown = async () => {
    const { rows } = await answerOf<RowPage>(page, '/api/experiments');
    const { busy } = await answerOf<SlotsFrame>(page, '/api/slots');
    return [rows.at(-1)!.verdict, busy.length];
  };
  expect(await shown()).toEqual(['waiting', 0]);
  const locking = lockStudy(folder);
  if (locking.kind !== 'held') throw new Error('the study is locked');
  await expect.poll(shown, SETTLED).toEqual(['running', 1]);
  locking.lock[Symbol.dispose]();
  await expect.poll(shown, SETTLED).toEqual(['waiting', 0]);
});

test('of a patch that is too long to be sent whole no part is handed out as if it were all', async () => {
  await lab.writeStudy({ experiments: 5 });
  writeFileSync(join(lab.folder, 'train.ts'), 'export const value = 1;\n'.repeat(60_000));
  lab.git('commit', '--quiet', '--all', '--message=a long one');
  await using page = await served(lab.folder);
  await append(page, begun(lab.git('rev-parse', 'HEAD') as Commit));
  const shown = await answerOf<{ readonly truncated: boolean }>(page, '/api/experiments/6/difference');
  expect(shown.truncated).toBe(true);
  const { status, text } = await page.ask('/api/experiments/6/difference?as=patch');
  expect([status, text]).toEqual([409, expect.stringContaining('ratchet diff 6')]);
  const whole = await page.ask('/api/experiments/3/difference?as=patch');
  expect([whole.status, whole.text]).toEqual([200, expect.stringMatching(/^diff --git /)]);
});

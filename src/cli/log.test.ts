import { expect, test } from 'vitest';
import { lockStudy } from '../engine/lock.ts';
import type { Commit } from '../model/identity.ts';
import { proposalAdd, trialSubmit } from '../record/fixtures/history.ts';
import { openLedger } from '../record/ledger.ts';
import { createTemporaryLab } from './fixtures/temporary-lab.ts';

test('without an engine at work nothing is running, also where one was killed and could not say that it stopped', async () => {
  using lab = createTemporaryLab(4);
  const folder = await lab.writeStudy({ experiments: 2, end: 'running' });
  const opening = openLedger(folder.ledger, { author: 'test', now: Date.now });
  if (opening.kind !== 'open') throw new Error('the ledger cannot be opened');
  await using ledger = opening.ledger;
  const [parent, commit] = [lab.commits[0] as Commit, lab.commits[3] as Commit];
  await ledger.append([
    proposalAdd(ledger.state.nextExperiment, { parent, commit }),
    trialSubmit(ledger.state.nextTrial, commit),
  ]);
  const word = () => JSON.parse(lab.ratchet(['show', '3', '--json']).stdout).verdict;
  expect(word()).toBe('waiting');
  expect(lab.ratchet(['log']).stdout).toMatch(/^3 +… waiting /m);
  const locking = lockStudy(folder);
  if (locking.kind !== 'held') throw new Error('the lock is taken');
  using _ = locking.lock;
  expect(word()).toBe('running');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lockStudy } from '../engine/lock.ts';
import { openLedger } from '../record/ledger.ts';
import { COMMAND, createTemporaryLab } from './fixtures/temporary-lab.ts';

/** The same Ctrl-C once more, a moment after the first was heard: as from a launcher that hands it on. */
const HANDED_ON =
  "data:text/javascript,process.once('SIGINT', () => setImmediate(() => process.kill(process.pid, 'SIGINT')))";

test('Ctrl-C leaves the view with its closing text, also where it comes a second time', async () => {
  using lab = createTemporaryLab(3);
  const folder = await lab.writeStudy({ experiments: 1 });
  const locking = lockStudy(folder);
  if (locking.kind !== 'held') throw new Error('the lock is taken');
  using _ = locking.lock;
  const opening = openLedger(folder.ledger, { author: 'test', now: Date.now });
  if (opening.kind !== 'open') throw new Error('the ledger cannot be opened');
  await using ledger = opening.ledger;
  const { engine } = ledger.state;
  if (engine === undefined) throw new Error('no engine has worked on the study');

  const child = spawn(process.execPath, ['--import', HANDED_ON, COMMAND, 'attach'], { cwd: lab.folder });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += chunk));
  child.stderr.on('data', (chunk) => (said.stderr += chunk));
  const ended = once(child, 'close');
  // It watches once it tells of something that happens now.
  while (said.stdout === '' && child.exitCode === null) {
    await ledger.append([engine, { kind: 'engine-stop', reason: 'test' }]);
    await sleep(50);
  }
  child.kill('SIGINT');
  const [code, signal] = await ended;
  expect({ code, signal, stderr: said.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  expect(said.stdout).toContain('the engine goes on');
  expect(said.stdout).toContain('ratchet log');
});

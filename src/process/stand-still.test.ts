import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { standStill } from './stand-still.ts';
import type { RootIdentity } from './terminate.ts';
import { run, scratchFolder } from './testing.ts';

test('processes that stand still do nothing until they may go on', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'count');
  const count = () => (existsSync(file) ? readFileSync(file, 'utf8').length : 0);
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(5);
  };
  const ending = new AbortController();
  const trial = `test-still-${process.pid}`;
  let root: RootIdentity | undefined;
  // One that left its parent and session is stopped as well.
  const running = run('(setsid sh -c "while :; do printf x >> count; sleep 0.002; done" &) ; sleep 60', {
    cwd: folder,
    trial,
    onStart: (identity) => (root = identity),
    signal: ending.signal,
  });
  await until(() => count() > 0);
  const still = standStill({ trial, folder }, root!);
  expect(still.holds).toBe(true);
  const stopped = count();
  // Time in which it would have written a hundred more.
  await sleep(200);
  expect(count()).toBe(stopped);
  still[Symbol.dispose]();
  await until(() => count() > stopped);
  ending.abort();
  expect((await running).ending.kind).toBe('cancelled');
});

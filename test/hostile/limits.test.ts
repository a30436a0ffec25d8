import { expect, test } from 'vitest';
import type { ResourceLimits } from '../../src/model/limit.ts';
import type { Doors } from '../../src/process/doors.ts';
import { enforcementHere } from '../../src/process/enforcement.ts';
import { run, scratchFolder } from '../../src/process/testing.ts';
import { reasonToSkip } from '../crash/strace.ts';
import { isSandboxed } from './remains.ts';

/** Bombs against limits that no program can set, and that would take long to reach as they are. */
const LIMITS: ResourceLimits = {
  memory: 200 * 1024 ** 2,
  processes: 50,
  disk: 20 * 1024 ** 2,
  files: 500,
  output: 1024 ** 2,
};

const enforcement = enforcementHere();
const missing = reasonToSkip(isSandboxed(enforcement) ? undefined : 'bubblewrap does not work here');

async function endOf(command: string): Promise<unknown> {
  const cwd = scratchFolder();
  const temporary = scratchFolder();
  const doors: Doors = {
    read: [],
    write: [cwd],
    closed: [],
    hidden: [],
    temporary,
    network: false,
    gpus: false,
  };
  const { ending } = await run(command, {
    cwd,
    confinement: { enforcement, doors },
    limits: { wallSeconds: 60, resources: LIMITS },
  });
  return ending;
}

test.skipIf(missing)('a bomb of empty files is ended by the limit on files', async () => {
  const bomb = 'i=0; while :; do i=$((i + 1)); : > "$i"; done';
  expect(await endOf(bomb)).toMatchObject({
    kind: 'limit',
    exceeded: { type: 'files', value: 501, limit: 500 },
  });
});

test.skipIf(missing)('a bomb of empty folders is one of files', async () => {
  const bomb = 'i=0; while [ $i -lt 600 ]; do i=$((i + 1)); echo "$i"; done | xargs mkdir; sleep 60';
  expect(await endOf(bomb)).toMatchObject({
    kind: 'limit',
    exceeded: { type: 'files', value: 501, limit: 500 },
  });
});

test.skipIf(missing)('a flood of output without end is ended by the limit on output', async () => {
  expect(await endOf('yes')).toMatchObject({ kind: 'limit', exceeded: { type: 'output', limit: 1024 ** 2 } });
});

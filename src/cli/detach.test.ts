import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOf } from './detach.ts';

let lab: string;
beforeEach(() => {
  lab = mkdtempSync(join(tmpdir(), 'ratchet-detach-'));
});
afterEach(() => rmSync(lab, { recursive: true }));

test('an engine that does not say in time that it works is ended, and nothing of it goes on', async () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  expect(await startOf(child, lab, 100)).toEqual({ kind: 'late', deadline: 100 });
  expect(child.signalCode).toBe('SIGTERM');
});

test('an engine that ends before it works, or cannot be started at all, is told at once', async () => {
  const ended = spawn('sh', ['-c', 'exit 3'], { detached: true, stdio: 'ignore' });
  expect(await startOf(ended, lab, 600_000)).toEqual({ kind: 'ended', code: 3 });
  const missing = spawn(join(lab, 'no such program'), { detached: true, stdio: 'ignore' });
  expect(await startOf(missing, lab, 600_000)).toMatchObject({
    kind: 'not-started',
    cause: { code: 'ENOENT' },
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCrashLab } from './crash-lab.ts';
import { startEngine } from './engine.ts';
import { expectWholeStudies, verdictsOf } from './invariants.ts';
import { reasonToSkip } from './strace.ts';
import { expectMessage } from './survive.ts';

let disk: string;
let problem: string | undefined;

/** Everything of a test lies on a disk of its own, which holds a lab and its study and not much more. */
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'ratchet-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'ignore' });
    problem = undefined;
  } catch {
    problem = 'only root may mount a small disk';
  }
  vi.stubEnv('TMPDIR', disk);
});

afterEach(() => {
  vi.unstubAllEnvs();
  if (problem === undefined) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

/** Leaves this many bytes of the disk. */
function fill(left: number): () => void {
  const { bavail, bsize } = statfsSync(disk);
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(bavail * bsize - left));
  return () => rmSync(filler);
}

test.for([
  0, 32_768, 131_072, 262_144, 400_000,
])('a study that meets a full disk with %i bytes left says so, and resumes when there is room', async (left, {
  skip,
}) => {
  const reason = reasonToSkip(problem);
  if (reason !== undefined) return skip(reason);
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 3 }).ended;
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const free = fill(left);
  const second = await startEngine(lab, { experiments: 500 }).ended;
  expectMessage(second);
  expect(second.stdout + second.stderr).toMatch(/full|no space|[Ff]ree some space|make room/);
  free();
  const verdicts = verdictsOf(lab) + 3;
  const third = await startEngine(lab, { experiments: 3 }).ended;
  expect(third, second.stdout + second.stderr).toMatchObject({ code: 0, stderr: '' });
  const acknowledged = [first, second, third].flatMap((ended) => ended.acknowledged);
  await expectWholeStudies(lab, { verdicts, acknowledged });
});

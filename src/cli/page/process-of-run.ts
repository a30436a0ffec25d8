/**
 * The page's process beside a run: it gets a `PageOfRunOrder` as JSON, tells its address on the first line, and ends when its standard input
 * does. It loads what a page needs, and none of what the other commands do.
 */
import { setPriority } from 'node:os';
import process from 'node:process';
import { holdMemoryDown } from '../../engine/memory.ts';
import type { PageOfRunOrder } from './beside-run.ts';
import { openPageDesk } from './desk.ts';
import { openPage, requireAssets } from './open-page.ts';
import { tokenOf } from './token.ts';

/** Niceness of a page beside a run: its trials come first. */
const LOW_PRIORITY = 5;

async function serve({ lab, study, version, limits, ...wish }: PageOfRunOrder): Promise<void> {
  const assets = requireAssets();
  using desk = await openPageDesk(lab, study, version, limits);
  await using page = await openPage(desk, tokenOf(lab.folder), assets, { ...wish, mayMove: true });
  process.stdout.write(`${page.address}\n`);
  for (const warning of page.warnings) process.stderr.write(`warning: ${warning}\n`);
  // Once the address is told: on a machine that is full, that would come late. Where the system does not allow it, it runs as it is.
  try {
    setPriority(LOW_PRIORITY);
  } catch {}
  await endOfRun();
}

/** The run's end, however it comes, closes the pipe. A terminal's Ctrl-C is the run's to hear. */
async function endOfRun(): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('SIGTERM', () => end());
  process.stdin
    .once('end', end)
    .once('close', end)
    .once('error', () => end())
    .resume();
  await ended;
  process.stdin.destroy();
}

holdMemoryDown();
try {
  await serve(JSON.parse(process.argv[2] ?? '') as PageOfRunOrder);
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`);
  process.exitCode = 1;
}

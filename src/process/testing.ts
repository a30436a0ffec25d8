import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ending } from './ending.ts';
import { type CommandOptions, runCommand } from './run-command.ts';
import { processTable } from './this-machine.ts';

/** A folder that is removed after the test. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-process-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let runs = 0;

/** A command as a trial would run it, in a folder of its own unless told otherwise, with the lines it gave. */
export async function run(
  command: string,
  options: Partial<CommandOptions> = {},
): Promise<{ ending: Ending; lines: string[]; file: string }> {
  const home = scratchFolder();
  const lines: string[] = [];
  const output = options.output ?? { file: join(home, 'output.log'), maxBytes: 1024 * 1024 };
  runs += 1;
  const ending = await runCommand({
    command,
    cwd: home,
    environment: { PATH: process.env.PATH ?? '' },
    trial: `test-${process.pid}-${runs}`,
    limits: { wallSeconds: 60 },
    termSeconds: 5,
    onLine: (stream, line) => lines.push(`${stream}: ${line}`),
    signal: new AbortController().signal,
    ...options,
    output,
  });
  return { ending, lines, file: output.file };
}

export function isAlive(pid: number): boolean {
  const table = processTable();
  table.pids();
  return table.row(pid)?.alive ?? false;
}

/** The number that a process wrote into a file about itself. */
export function pidIn(file: string): number {
  const pid = Number(readFileSync(file, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`${file} holds no pid`);
  return pid;
}

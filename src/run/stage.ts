import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JobWatch, StageEnding } from '../model/executor.ts';
import type { Stage, Usage } from '../model/trial.ts';
import type { Doors } from '../process/doors.ts';
import type { Enforcement } from '../process/enforcement.ts';
import { FileFollower } from '../process/follow-file.ts';
import type { Limits } from '../process/limits.ts';
import { printable } from '../process/printable.ts';
import { runCommand } from '../process/run-command.ts';

/** Of one trial's output this much is kept on disk: the beginning and the end. Bytes. */
const OUTPUT_BYTES = 4 * 1024 * 1024;
/** Characters of the last output that go along with an ending. */
const TAIL_CHARACTERS = 2_000;
/** A command that fails on a disk with less than this free is a fault of the machine, not of the candidate. Bytes. */
const LEAST_FREE = 1024 * 1024;

export interface StageRun {
  readonly ending: StageEnding;
  readonly usage: Usage;
  readonly tail: string;
}

/** Runs one of a lab's commands in its folder under its limits, and hands its lines on as they come. */
export async function runStage(options: {
  readonly stage: Stage;
  readonly command: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly metrics: string;
  readonly limits: Limits;
  readonly confinement: { readonly enforcement: Enforcement; readonly doors: Doors };
  readonly output: string;
  /** The job's key: marks the processes of this trial. */
  readonly key: string;
  /** Processes that stand in this folder belong to the trial. */
  readonly folder: string;
  readonly watch: JobWatch;
}): Promise<StageRun> {
  const { stage, watch } = options;
  watch.stage(stage);
  using metrics = new FileFollower({
    file: options.metrics,
    onLine: (line) => watch.line(stage, 'metrics', line),
  });
  const ended = await runCommand({
    command: options.command,
    cwd: options.cwd,
    environment: options.environment,
    trial: options.key,
    folder: options.folder,
    limits: options.limits,
    confinement: options.confinement,
    output: { file: options.output, maxBytes: OUTPUT_BYTES },
    onLine: (stream, line) => {
      if (stream === 'stdout') watch.line(stage, 'output', line);
    },
    onUsage: watch.usage,
    signal: watch.signal,
  });
  const file = metrics.finish();
  if (ended.kind === 'could-not-start') {
    return { ending: fault(ended.cause), usage: NOTHING, tail: '' };
  }
  const tail = printable(ended.output.tail).slice(-TAIL_CHARACTERS);
  const run = { usage: ended.usage, tail };
  if (ended.kind === 'fault') return { ...run, ending: fault(ended.cause) };
  const succeeded = ended.kind === 'exited' && ended.code === 0;
  if (succeeded && file.kind === 'invalid') {
    return { ...run, ending: { kind: 'refused', reason: `the metrics file ${file.reason}` } };
  }
  if (!succeeded && ended.kind !== 'cancelled' && (await diskIsFull(options.output))) {
    const reason = `the disk is full: free some space below ${dirname(options.output)}`;
    return { ...run, ending: { kind: 'fault', reason } };
  }
  return { ...run, ending: endingOf(ended) };
}

const NOTHING: Usage = { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 };

function fault(cause: Error): StageEnding {
  const below = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return { kind: 'fault', reason: `${cause.message}${below}` };
}

/** Only what the ledger needs, without what `runCommand` reports beside it. */
function endingOf(ended: Exclude<StageEnding, { kind: 'refused' | 'fault' }>): StageEnding {
  switch (ended.kind) {
    case 'exited':
      return { kind: 'exited', code: ended.code };
    case 'signalled':
      return { kind: 'signalled', signal: ended.signal };
    case 'limit':
      return { kind: 'limit', exceeded: ended.exceeded };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return ended satisfies never;
  }
}

/** False where nobody can tell: a run that removed the folder of its own output speaks for itself. */
async function diskIsFull(path: string): Promise<boolean> {
  const disk = await statfs(dirname(path)).catch(() => undefined);
  return disk !== undefined && disk.bavail * disk.bsize < LEAST_FREE;
}

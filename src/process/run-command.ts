import { existsSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Usage } from '../model/trial.ts';
import { Capture, type Stream } from './capture.ts';
import { type ControlGroup, createControlGroup, groupName } from './control-group.ts';
import { DiskUse } from './disk-use.ts';
import type { Doors } from './doors.ts';
import { type Cause, type Ending, NOTHING, ownEnd } from './ending.ts';
import type { Enforcement } from './enforcement.ts';
import { cpuSecondsOf, exceededResource, type Limits, type Watched, watchLimits } from './limits.ts';
import { removedBytes } from './removed-files.ts';
import { wrapperOf } from './sandbox.ts';
import { OPEN, type Setting } from './shell.ts';
import { type RootExit, type Started, start } from './start.ts';
import { askToEnd, killTree, type RootIdentity, rootIdentity } from './terminate.ts';
import { processTable } from './this-machine.ts';
import { MARKER, ProcessTree } from './tree.ts';

export interface CommandOptions {
  /** One line for `/bin/sh -c`. */
  readonly command: string;
  /** Absolute. */
  readonly cwd: string;
  /** All of it: nothing of the engine's own environment is added but RATCHET_TRIAL. */
  readonly environment: Readonly<Record<string, string>>;
  /** Unique for every run; becomes RATCHET_TRIAL, by which `killStrays` finds what is left of it. */
  readonly trial: string;
  /** Orphans that stand in this folder are of this run: the slot's folder. @default cwd */
  readonly folder?: string;
  readonly limits: Limits;
  /** What holds it. @default nothing: it can do what its user can */
  readonly confinement?: { readonly enforcement: Enforcement; readonly doors: Doors };
  /** Between TERM and KILL, in seconds. @default 2 */
  readonly termSeconds?: number;
  /** Where both streams are written, and the bound on that file in bytes (at least MIN_OUTPUT_BYTES). */
  readonly output: { readonly file: string; readonly maxBytes: number };
  /** Each line that the file keeps; not printable yet. */
  readonly onLine?: (stream: Stream, line: string) => void;
  /** At most ten times a second. */
  readonly onUsage?: (usage: Usage) => void;
  /** Once, before anything else is known of the run. */
  readonly onStart?: (root: RootIdentity) => void;
  /** Aborting cancels: the processes are gone when the promise settles. */
  readonly signal: AbortSignal;
}

const DEFAULT_TERM_SECONDS = 2;
/** Between two reports of usage, in milliseconds. */
const USAGE_INTERVAL = 100;
/** How long the output of a dead tree may stay open before whoever holds it is looked for, in milliseconds. */
const DRAIN_MILLISECONDS = 200;
/** How long it may stay open after that before it is given up, in milliseconds. */
const GIVE_UP_MILLISECONDS = 2000;

/**
 * Runs one command line as a process tree under hard limits, and returns when none of its processes is left. The first cause wins:
 * a run ended by its limit is 'limit', whatever it printed or exited with after.
 *
 * The memory that is reported is sampled, so a peak between two samples may be missed. CPU time is exact where a control group counts it
 * or a sandbox waits for everything in it; else for what was waited for, and a candidate could forge a smaller figure only down to
 * what the samples saw.
 *
 * @throws when a process cannot be killed, or when one of the callbacks throws (the tree is gone by then).
 */
export async function runCommand(options: CommandOptions): Promise<Ending> {
  if (options.signal.aborted) return { kind: 'cancelled', ...NOTHING };
  const first = Promise.withResolvers<Cause | RootExit>();
  const thrown: Error[] = [];
  const fault = (cause: Error) => first.resolve({ kind: 'fault', cause });
  const callbacks = guard(options, (error) => {
    thrown.push(error);
    fault(error);
  });
  const opened = openCapture(options, callbacks.onLine, fault);
  if (opened instanceof Error) return { kind: 'fault', cause: opened, ...NOTHING };
  using capture = opened;

  const folder = options.folder ?? options.cwd;
  if (!existsSync(folder)) return { kind: 'could-not-start', cause: new Error(`${folder} is not a folder`) };
  // Before the start: a command may remove its own folder at once.
  const realFolder = realpathSync(folder);

  const table = processTable();
  const before = table.pids();
  const startedAt = performance.now();
  const grouped = groupOf(options);
  if (grouped instanceof Error) return { kind: 'fault', cause: grouped, ...NOTHING };
  using group = grouped;
  const begun = await start({
    command: options.command,
    cwd: options.cwd,
    environment: { ...options.environment, [MARKER]: options.trial },
    setting: settingOf(options, group),
    deathSignal: options.confinement?.enforcement.deathSignal ?? [],
    onData: (stream, chunk) => capture.write(stream, chunk),
  });
  if (begun.kind === 'could-not-start') return begun;
  if (begun.kind === 'fault') return { ...begun, ...NOTHING };
  using started = begun;
  void started.exited.then(first.resolve);

  const root = table.row(started.pid);
  if (root === undefined) throw new Error(`process ${started.pid} is not listed by this machine`);
  const tree = new ProcessTree(table, { trial: options.trial, folder: realFolder }, root, before);
  const usage = (at: number): Usage => ({
    wallSeconds: (at - startedAt) / 1000,
    ...tree.usage,
    cpuSeconds: cpuSecondsOf({ tree, group }),
  });
  const watched = { tree, group, disk: diskOf(options, tree), printed: () => capture.bytes };
  tree.look();
  callbacks.onStart(rootIdentity(root));

  const cause = await firstCause(options, watched, first, () => callbacks.onUsage(usage(performance.now())));
  if (cause.kind !== 'root-exit') await askToEnd(tree, options.termSeconds ?? DEFAULT_TERM_SECONDS);
  await endTree(tree, started);
  const exit = await started.exited;
  const output = capture.finish();
  if (thrown[0] !== undefined) throw thrown[0];

  const sampled = cpuSecondsOf({ tree, group });
  const said = output.tail.trim().split('\n').at(-1) ?? '';
  const { cpuSeconds, cause: own } = ownEnd(options.limits, sampled, exit, started.takeReport(), said);
  const ending = cause.kind === 'root-exit' ? (overAtEnd(options, watched) ?? own) : cause;
  return { ...ending, usage: { ...usage(exit.at), cpuSeconds }, output };
}

/** A limit that was passed between the last look and the end counts all the same. */
function overAtEnd({ limits }: CommandOptions, watched: Watched): Cause | undefined {
  const exceeded = limits.resources && exceededResource(limits.resources, watched);
  return exceeded && { kind: 'limit', exceeded };
}

/**
 * The group that the system bounds this run by, where it has such groups and the run has such limits; what went wrong where none can be
 * made that could be made before.
 */
function groupOf({ confinement, limits, trial }: CommandOptions): ControlGroup | undefined | Error {
  const groups = confinement?.enforcement.groups;
  if (groups?.kind !== 'found' || limits.resources === undefined) return undefined;
  const name = groupName(trial);
  try {
    return createControlGroup(groups.groups, name, limits.resources);
  } catch (cause) {
    const mend = 'end the processes in it, or run `ratchet doctor` for what this machine allows';
    return new Error(`the control group ${name} could not be made: ${mend}`, { cause });
  }
}

/** Where the system has no groups, each process is bounded by itself, their number where that can be, and the looks bound the sum. */
function settingOf(
  { confinement, limits, cwd, environment }: CommandOptions,
  group: ControlGroup | undefined,
): Setting {
  if (confinement === undefined) return OPEN;
  const { enforcement, doors } = confinement;
  return {
    entrances: group?.entrances ?? [],
    dataBytes: group === undefined ? limits.resources?.memory : undefined,
    processes: group === undefined && enforcement.countsProcesses ? limits.resources?.processes : undefined,
    wrapper: wrapperOf({ sandbox: enforcement.sandbox, doors, cwd }, environment.HOME),
  };
}

function diskOf({ confinement, limits }: CommandOptions, tree: ProcessTree): DiskUse | undefined {
  if (confinement === undefined || limits.resources === undefined) return undefined;
  const { write, temporary } = confinement.doors;
  return new DiskUse([...write, temporary], limits.resources, () => removedBytes(tree.pids));
}

function openCapture(
  options: CommandOptions,
  onLine: (stream: Stream, line: string) => void,
  onFault: (cause: Error) => void,
): Capture | Error {
  try {
    return new Capture({ ...options.output, onLine, onFault });
  } catch (cause) {
    return new Error(`the output file ${options.output.file} cannot be opened`, { cause });
  }
}

/** A callback that throws ends the run, and the run throws what it threw. */
function guard(options: CommandOptions, onThrown: (error: Error) => void) {
  const guarded =
    <Values extends unknown[]>(callback: ((...values: Values) => void) | undefined) =>
    (...values: Values) => {
      try {
        callback?.(...values);
      } catch (error) {
        onThrown(error instanceof Error ? error : new Error(String(error)));
      }
    };
  let lastUsage = Number.NEGATIVE_INFINITY;
  return {
    onLine: guarded(options.onLine),
    onStart: guarded(options.onStart),
    onUsage: guarded((usage: Usage) => {
      if (performance.now() - lastUsage < USAGE_INTERVAL) return;
      lastUsage = performance.now();
      options.onUsage?.(usage);
    }),
  };
}

/** Waits for whatever ends the run first: its own end, a limit, a cancellation, a fault. */
async function firstCause(
  options: CommandOptions,
  watched: Watched,
  first: PromiseWithResolvers<Cause | RootExit>,
  onLook: () => void,
): Promise<Cause | RootExit> {
  const cancel = () => first.resolve({ kind: 'cancelled' });
  options.signal.addEventListener('abort', cancel, { once: true });
  if (options.signal.aborted) cancel();
  using _watch = watchLimits({
    ...watched,
    limits: options.limits,
    onLook,
    onExceeded: (exceeded) => first.resolve({ kind: 'limit', exceeded }),
    onFault: (cause) => first.resolve({ kind: 'fault', cause }),
  });
  try {
    return await first.promise;
  } finally {
    options.signal.removeEventListener('abort', cancel);
  }
}

/** Ends what is left of a tree, and reads its output to the end. */
async function endTree(tree: ProcessTree, started: Started): Promise<void> {
  await killTree(tree);
  if (await settlesWithin(started.drained, DRAIN_MILLISECONDS)) return;
  for (const name of started.pipeNames) tree.adoptHoldersOf(name);
  await killTree(tree);
  await settlesWithin(started.drained, GIVE_UP_MILLISECONDS);
}

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    const late = sleep(milliseconds, false, { signal: timer.signal });
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import process from 'node:process';
import { bubblewrapped, GUARDED_DEVICES } from './bubblewrap.ts';
import { type ControlGroupsFound, findControlGroups } from './control-groups.ts';
import type { Doors } from './doors.ts';
import type { Sandbox } from './sandbox.ts';
import { processLimit } from './shell.ts';

/** What this machine can hold trials with. */
export interface Enforcement {
  readonly sandbox: Sandbox;
  readonly groups: ControlGroupsFound;
  /** Whether the system bounds how many processes a sandbox has where there are no control groups; false where there are. */
  readonly countsProcesses: boolean;
  /** Words before a program that have it killed when the engine dies; none where the machine has no `setpriv`. */
  readonly deathSignal: readonly string[];
}

/** How long a try may take, in milliseconds. */
const TRY = 10_000;

let found: Enforcement | undefined;

/** Finds out by trying, once for this process: a version says little of what a system allows. */
export function enforcementHere(): Enforcement {
  found ??= tryAll();
  return found;
}

function tryAll(): Enforcement {
  const sandbox = findSandbox();
  const groups = findControlGroups();
  return {
    sandbox,
    groups,
    countsProcesses: groups.kind === 'none' && countsProcesses(sandbox),
    deathSignal: findDeathSignal(),
  };
}

/** Set to `none`, trials run without a sandbox although the machine has one. */
const SANDBOX_VARIABLE = 'RATCHET_SANDBOX';

/** Whether the user asks to do without a sandbox. */
export function declinesSandbox(): boolean {
  return process.env[SANDBOX_VARIABLE] === 'none';
}

function findSandbox(): Sandbox {
  if (declinesSandbox()) return { kind: 'none', reason: `${SANDBOX_VARIABLE}=none asks for it` };
  if (process.platform === 'darwin') return { kind: 'sandbox-exec', program: '/usr/bin/sandbox-exec' };
  const program = programOf('bwrap');
  if (program === undefined) return { kind: 'none', reason: 'bubblewrap (bwrap) is not installed' };
  const ways = (process.getuid?.() === 0 ? [GUARDED_DEVICES, []] : [[]]).flatMap((devices) =>
    [true, false].map((closesUserNamespaces) => ({ devices, closesUserNamespaces })),
  );
  let reason: string | undefined;
  for (const way of ways) {
    const sandbox = { kind: 'bubblewrap', program, ...way } as const;
    reason = triedOut(sandbox);
    if (reason === undefined) return sandbox;
  }
  return { kind: 'none', reason: `bubblewrap is installed and does not work: ${reason}` };
}

/**
 * Whether a limit on a user's processes holds in a sandbox and counts those in it only: two fit into a limit of two, and not into
 * one of one. It binds no real root, and before Linux 5.14 it counts all that its user runs, of which this engine alone is more.
 */
export function countsProcesses(sandbox: Sandbox): boolean {
  if (sandbox.kind !== 'bubblewrap') return false;
  const fitsInto = (limit: number) => {
    // `timeout` becomes the first process and starts the second. Unlike shells it tries that once.
    const twoProcesses = `${processLimit(String(limit))}; exec timeout 5 true`;
    return triedOut(sandbox, twoProcesses) === undefined;
  };
  return fitsInto(2) && !fitsInto(1);
}

/** What a command in it complained of; undefined where it ran. */
function triedOut(sandbox: Sandbox & { kind: 'bubblewrap' }, command = 'true'): string | undefined {
  const doors: Doors = {
    read: [],
    write: [],
    closed: [],
    hidden: [],
    // There already: for any other folder bubblewrap would leave places to bind it to, inside of it.
    temporary: '/tmp',
    network: false,
    gpus: false,
  };
  const [program, ...words] = bubblewrapped(sandbox, doors, '/', undefined);
  const tried = spawnSync(program!, [...words, '/bin/sh', '-c', command], { timeout: TRY, encoding: 'utf8' });
  if (tried.status === 0) return undefined;
  return tried.stderr?.trim().split('\n').at(-1) || (tried.error?.message ?? `exit code ${tried.status}`);
}

function findDeathSignal(): readonly string[] {
  const program = programOf('setpriv');
  if (program === undefined) return [];
  const words = [program, '--pdeathsig', 'KILL'];
  const tried = spawnSync(program, [...words.slice(1), '/bin/true'], { timeout: TRY, stdio: 'ignore' });
  return tried.status === 0 ? words : [];
}

function programOf(name: string): string | undefined {
  try {
    const words = ['-c', 'command -v "$1"', 'sh', name];
    return execFileSync('/bin/sh', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

import { constants } from 'node:os';

/**
 * The root of every tree. It stays until the command has ended, so that it can report the exit status and the exact CPU time
 * of everything that was waited for, on descriptor 3. It outlives TERM, which its children get with their default action.
 */
const ROOT_SCRIPT = 'trap : TERM; /bin/sh -c "$1" 3>&-; echo "$?" >&3; times >&3';

export const SHELL = '/bin/sh';

export function shellArguments(command: string): string[] {
  return ['-c', ROOT_SCRIPT, 'ratchet', command];
}

/** How a command ended by itself. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals };

const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/** A shell reports death by signal N as 128 + N, and so does this: `exit 139` reads as SIGSEGV. */
export function exitOf(status: number): Exit {
  const signal = SIGNAL_NAMES.get(status - 128);
  return signal === undefined ? { kind: 'exited', code: status } : { kind: 'signalled', signal };
}

export interface RootReport {
  readonly status: number;
  /** Of the root and all that was waited for below it, in steps of 0.01 s at worst. */
  readonly cpuSeconds: number;
}

/** The exit status and the two lines of the shell's `times`; undefined when the root was killed before it could report. */
export function parseReport(text: string): RootReport | undefined {
  const [status, ...times] = text.split('\n');
  const spent = [...times.join(' ').matchAll(/(\d+)m(\d+(?:[.,]\d+)?)s/g)];
  if (status === undefined || !/^\d+$/.test(status) || spent.length !== 4) return undefined;
  const cpuSeconds = spent.reduce((sum, [, minutes, seconds]) => {
    return sum + Number(minutes) * 60 + Number(seconds?.replace(',', '.'));
  }, 0);
  return { status: Number(status), cpuSeconds };
}

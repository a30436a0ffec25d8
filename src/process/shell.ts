import { constants } from 'node:os';

/** The first process of the sandbox. How many there may be is set here, where those of the sandbox are counted and no others. */
const INNER_SCRIPT = [
  processLimit('$2'),
  'echo begun >&3',
  'exec < /dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-',
  'trap : TERM',
  '/bin/sh -c "$1"',
  'exit $?',
].join('; ');

/**
 * The root of every tree, outside whatever holds the command. It enters the control groups, then stays until the command has ended, so
 * that it can report the exit status and the exact CPU time of everything that was waited for, on descriptor 3, which the
 * command never holds. It outlives TERM, which its children get with their default action. The command's input is the /dev/null that
 * it sees, not the one that the engine opened outside.
 */
const ROOT_SCRIPT = [
  'trap : TERM',
  'ulimit -c 0',
  'command=$1 data=$2 processes=$3',
  'shift 3',
  '[ "$data" = - ] || ulimit -d "$data"',
  'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done',
  'shift',
  `"$@" /bin/sh -c '${INNER_SCRIPT}' ratchet "$command" "$processes"`,
  'echo "$?" >&3',
  'times >&3',
].join('\n');

export const SHELL = '/bin/sh';

/**
 * Words of a shell that bound the processes of its user from there on, by a number or '-' for no bound. Bash has another name for it
 * than dash. A limit of the user's own that is lower stays.
 */
export function processLimit(number: string): string {
  return `[ "${number}" = - ] || ulimit -u "${number}" 2> /dev/null || ulimit -p "${number}" 2> /dev/null`;
}

/** What is set up around a command before it begins. */
export interface Setting {
  /** Files that the root writes its number to: those of control groups. */
  readonly entrances: readonly string[];
  /** Bytes of memory that each process may have written to; undefined leaves that open. */
  readonly dataBytes: number | undefined;
  /** Processes and threads that its user may have, counted where the command is; undefined leaves that open. */
  readonly processes: number | undefined;
  /** The words before the command that hold it; none where nothing does. */
  readonly wrapper: readonly string[];
}

export const OPEN: Setting = { entrances: [], dataBytes: undefined, processes: undefined, wrapper: [] };

export function shellArguments(command: string, setting: Setting): string[] {
  const { entrances, dataBytes, processes, wrapper } = setting;
  const data = dataBytes === undefined ? '-' : String(Math.floor(dataBytes / 1024));
  const limits = [data, String(processes ?? '-')];
  return ['-c', ROOT_SCRIPT, 'ratchet', command, ...limits, ...entrances, '--', ...wrapper];
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

/** What the root said of how it went. */
export type RootReport =
  | {
      readonly kind: 'ended';
      readonly status: number;
      /** Of the root and all that was waited for below it, in steps of 0.01 s at worst. */
      readonly cpuSeconds: number;
    }
  /** What was to be set up around the command could not be: no line of it ran. */
  | { readonly kind: 'never-began' }
  /** The root was killed before it could say more. */
  | { readonly kind: 'cut-off' };

export function parseReport(text: string): RootReport {
  const [begun, status = '', ...times] = text.split('\n');
  if (begun !== 'begun') return { kind: 'never-began' };
  const spent = [...times.join(' ').matchAll(/(\d+)m(\d+(?:[.,]\d+)?)s/g)];
  if (!/^\d+$/.test(status) || spent.length !== 4) return { kind: 'cut-off' };
  const cpuSeconds = spent.reduce((sum, [, minutes, seconds]) => {
    return sum + Number(minutes) * 60 + Number(seconds?.replace(',', '.'));
  }, 0);
  return { kind: 'ended', status: Number(status), cpuSeconds };
}

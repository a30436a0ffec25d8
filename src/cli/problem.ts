import { EXIT, type ExitCode } from './exit.ts';

/** Something that a user can mend: its message is all that is shown, without a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.mistake, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What the user is shown of an error, and the exit status that goes with it. */
export interface Explanation {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** A fault names its causes one after the other; the stack is for those who set RATCHET_DEBUG. */
export function explain(error: unknown, debug: boolean): Explanation {
  const exitCode = error instanceof Problem ? error.exitCode : EXIT.fault;
  if (debug && error instanceof Error) return { text: error.stack ?? error.message, exitCode };
  const mend = mendOf(error);
  return { text: [...messages(error), ...(mend === undefined ? [] : [mend])].join(': '), exitCode };
}

/** What a person can do about the system's own errors, which name the thing and no mend. */
const MENDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, then run again',
  EDQUOT: 'your share of the disk is used up; make room, then run again',
  EIO: 'the disk reported an error; make sure that it is healthy, then run again',
  EROFS: 'the disk is read-only; make it writable, then run again',
  EACCES: 'see that you may use it, then run again',
  EPERM: 'see that you may use it, then run again',
  ENOENT: 'it is not there, or was deleted meanwhile; run again',
  EMFILE: 'this process may open no more files; raise `ulimit -n`, then run again',
  ENFILE: 'the machine has no room for more open files; end other programs, then run again',
  EAGAIN: 'the machine has no room for more processes; end other programs, then run again',
  ENOMEM: 'the machine has no memory left; end other programs, then run again',
};

/** Of an error that comes from the system as it is; what was explained on its way names its own mend. */
function mendOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? MENDS[String(error.code)] : undefined;
}

/** Messages from the outermost to the innermost cause, at most five. */
function messages(error: unknown): string[] {
  const found: string[] = [];
  let at = error;
  while (at !== undefined && found.length < 5) {
    const message = at instanceof Error ? at.message : String(at);
    if (!found.some((earlier) => earlier.includes(message))) found.push(message);
    at = at instanceof Error ? at.cause : undefined;
  }
  return found;
}

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
  return { text: messages(error).join(': '), exitCode };
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

/** What the exit status of `ratchet` says to a script. */
export const EXIT = {
  fine: 0,
  /** The machine or the engine failed. */
  fault: 1,
  /** The user's mistake: usage, no such lab, an invalid program. */
  mistake: 2,
  /** There is nothing to show, or an engine at work stands in the way. */
  nothing: 3,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    fine
  1    the machine or the engine failed
  2    a mistake in the command line, the lab or its program.md
  3    nothing to show, or refused because an engine is at work
  130  interrupted

Environment:
  NO_COLOR=1       no colours, like --no-color
  RATCHET_DEBUG=1  stack traces with error messages
  RATCHET_SANDBOX=none
                   run trials without a sandbox; said, and written in the ledger`;

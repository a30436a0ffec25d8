/** The ledger cannot be trusted, or cannot be written. Its message names the place and the mend. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault';
}

/** An event that no reader of this format could read back: the event is at fault, not the disk. */
export class FormatFault extends LedgerFault {}

/** What SQLite's primary result code means to a person, and what they can do. https://sqlite.org/rescode.html */
const MENDS: Readonly<Record<number, string>> = {
  5: 'another process holds it: wait until that process ends, then run again',
  8: 'it cannot be written: give yourself write permission on the file and its folder',
  10: 'the disk reported an error: make sure that it has room and is healthy, then run again',
  11: 'its bytes are damaged: move the file away, and it is restored from its copy in git',
  13: 'the disk is full: make room, then run again',
  14: 'it cannot be opened: check that the folder exists and that you may use it',
  19: 'another process wrote to it meanwhile: let one engine at a time work on a study',
  26: 'it is not a database: move the file away, and it is restored from its copy in git',
};

/** The primary result code of an error of node:sqlite; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/** A fault of the ledger's file while `doing`, such as `write to`. What is a LedgerFault already says more. */
export function storageFault(file: string, doing: string, cause: unknown): LedgerFault {
  if (cause instanceof LedgerFault) return cause;
  const code = resultCode(cause);
  const mend = (code === undefined ? undefined : MENDS[code]) ?? 'see the cause';
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new LedgerFault(`cannot ${doing} the ledger ${file} (${detail}): ${mend}`, { cause });
}

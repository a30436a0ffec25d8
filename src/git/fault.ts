import { statfsSync } from 'node:fs';

/** Git failed for a reason that no caller can expect: the message holds what was asked, where, git's own words and the mend. */
export class GitFault extends Error {
  override name = 'GitFault';
}

/** The disk or the quota under the repository, the slot or the temporary folder is used up: a fault of the machine, not of a proposal. */
export class DiskFullError extends GitFault {
  override name = 'DiskFullError';
}

/** A change that no commit can hold, such as a path out of the repository. The message names the path and the mend. */
export class InvalidChangeError extends Error {
  override name = 'InvalidChangeError';
  readonly path: string;

  /** `problem` follows "the path": `is absolute`. */
  constructor(path: string, problem: string) {
    super(`The change to ${JSON.stringify(path)} cannot be made: the path ${problem}.`);
    this.path = path;
  }
}

const DISK_FULL = /No space left on device|Disk quota exceeded|not enough space/i;
/** No file that goes through here is larger, so one that did not fit leaves less. */
const NEARLY_FULL_BYTES = 256 * 1024 * 1024;
const DEFAULT_MEND = 'Run `git fsck` there; if it finds nothing, free memory and disk, and try again.';

export interface FaultReport {
  /** What was asked, as a phrase that follows "could not": `write an object`. */
  task: string;
  /** Folder in which it was asked. */
  place: string;
  /** What git said, as it said it. */
  stderr: string;
  cause?: unknown;
  /** One sentence that tells the reader what to do. */
  mend?: string;
}

/** Makes the fault that fits: a `DiskFullError` where git or the system said so, else a `GitFault`. */
export function faultOf(report: FaultReport): GitFault {
  const said = report.stderr.trim();
  const options = report.cause === undefined ? undefined : { cause: report.cause };
  if (
    DISK_FULL.test(said) ||
    isDiskFull(report.cause) ||
    (isFailedWrite(said) && isNearlyFull(report.place))
  ) {
    const detail = said === '' ? '' : ` Git said: ${said}`;
    return new DiskFullError(
      `Ratchet could not ${report.task} in ${report.place}: no space is left on the disk. Free some space and resume.${detail}`,
      options,
    );
  }
  const detail = said === '' ? 'git gave no reason' : said;
  const end = /[.!?]$/.test(detail) ? '' : '.';
  return new GitFault(
    `Ratchet could not ${report.task} in ${report.place}: ${detail}${end} ${report.mend ?? DEFAULT_MEND}`,
    options,
  );
}

/** Git's words for a write that failed, where it keeps the system's reason to itself. */
function isFailedWrite(said: string): boolean {
  return /unable to write|write error/i.test(said) && !/denied|read-only/i.test(said);
}

function isNearlyFull(place: string): boolean {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(place);
    return bavail * bsize < NEARLY_FULL_BYTES || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/** Whether a system error says that disk or quota is used up. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof DiskFullError) return true;
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT';
}

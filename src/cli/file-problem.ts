import { dirname } from 'node:path';
import { Problem } from './problem.ts';

/** What a person can do about a file that a command line names and that cannot be read. */
export function unreadable(file: string, cause: unknown): Problem {
  return problemOf(readingText(file, cause), `cannot read ${file}`, cause);
}

/** The same of one that cannot be written. */
export function unwritable(file: string, cause: unknown): Problem {
  return problemOf(writingText(file, cause), `cannot write ${file}`, cause);
}

/** What the system says itself is shown only where there are no better words. */
function problemOf(text: string | undefined, otherwise: string, cause: unknown): Problem {
  return text === undefined ? new Problem(otherwise, undefined, { cause }) : new Problem(text);
}

function readingText(file: string, cause: unknown): string | undefined {
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${file} does not exist: name a file that does`;
    case 'EISDIR':
      return `${file} is a folder: name a file in it`;
    case 'EACCES':
    case 'EPERM':
      return `${file} may not be read by you: change its permissions, or name a copy of it`;
    default:
      return undefined;
  }
}

function writingText(file: string, cause: unknown): string | undefined {
  switch (codeOf(cause)) {
    case 'ENOENT':
      return `${file} cannot be written, since the folder ${dirname(file)} does not exist: make it, or name another`;
    case 'ENOTDIR':
      return `${file} cannot be written, since ${dirname(file)} is no folder: name another`;
    case 'EISDIR':
      return `${file} is a folder: name a file in it`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${file} may not be written by you: name a place that may`;
    default:
      return undefined;
  }
}

export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Import, importTsv } from '../record/import.ts';
import { unreadable } from './file-problem.ts';
import { Problem } from './problem.ts';

/** Reads a log as karpathy/autoresearch writes it. @throws Problem with each line that cannot be read; nothing is used then. */
export function readHistory(file: string): Import & { kind: 'history' } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  const read = importTsv(basename(file), bytes);
  if (read.kind === 'history') return read;
  const problems = read.problems.map(({ line, problem }) => `\n  ${file}:${line}: ${problem}`);
  throw new Problem(`nothing of ${file} was used:${problems.join('')}`);
}

import type { Commit } from '../model/identity.ts';
import { faultOf } from './fault.ts';
import { type GitContext, runIn } from './git-context.ts';

export interface DiffOptions {
  /** Files and folders to show, relative to the root; all when left out. */
  paths?: readonly string[];
  /** The text ends before the line that would pass this. */
  maxBytes: number;
  signal?: AbortSignal;
}

export interface Diff {
  /** Unified, three lines of context, no colour; binary files are named only. */
  text: string;
  truncated: boolean;
}

/** What changed from one commit to another, as text. No program that the repository or the user names is run for it. */
export async function diffBetween(
  context: GitContext,
  from: Commit,
  to: Commit,
  options: DiffOptions,
): Promise<Diff> {
  const answer = await runIn(context, {
    args: [
      ...[
        'diff-tree',
        '-r',
        '-p',
        '--unified=3',
        '--no-renames',
        '--no-color',
        '--no-ext-diff',
        '--no-textconv',
      ],
      ...['--src-prefix=a/', '--dst-prefix=b/', from, to, '--', ...(options.paths ?? [])],
    ],
    maxBytes: options.maxBytes,
    signal: options.signal,
  });
  if (answer.truncated) {
    const end = answer.stdout.lastIndexOf(0x0a) + 1;
    return { text: answer.stdout.toString('utf8', 0, end), truncated: true };
  }
  if (answer.code !== 0) {
    throw faultOf({ task: `compare ${from} with ${to}`, place: context.root, stderr: answer.stderr });
  }
  return { text: answer.stdout.toString('utf8'), truncated: false };
}

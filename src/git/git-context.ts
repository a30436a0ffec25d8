import { faultOf } from './fault.ts';
import type { ObjectStore } from './object-store.ts';
import { type GitAnswer, type GitCommand, runGit } from './run-git.ts';

/** An open repository as the operations on it see it. */
export interface GitContext {
  /** Top folder of the user's working tree, absolute. */
  root: string;
  /** Git folder of that working tree: in a linked worktree, the part that is its own. */
  worktreeGitDir: string;
  /** `-c` settings, before every git command's name. */
  settings: readonly string[];
  /** 20 or 32. */
  hashBytes: number;
  /** Existing folder for short-lived files. */
  scratch: string;
  objects: ObjectStore;
  signal: AbortSignal | undefined;
}

export interface RepositoryCommand extends GitCommand {
  /** Settings over the fixed ones, as `name=value`. */
  override?: readonly string[];
}

/** Runs git on this repository to its end; an exit status is an answer. */
export function runIn(context: GitContext, command: RepositoryCommand): Promise<GitAnswer> {
  const override = (command.override ?? []).flatMap((setting) => ['-c', setting]);
  const signals = [context.signal, command.signal].filter((signal) => signal !== undefined);
  return runGit({
    ...command,
    args: [...context.settings, ...override, ...command.args],
    directory: command.directory ?? context.worktreeGitDir,
    environment: { GIT_DIR: context.worktreeGitDir, ...command.environment },
    signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
  });
}

/** As `runIn`, for what cannot fail in a sound repository: throws a `GitFault` on any exit status but 0 and on too much output. */
export async function expectFrom(
  context: GitContext,
  task: string,
  command: RepositoryCommand,
): Promise<Buffer> {
  const answer = await runIn(context, command);
  const place = command.directory ?? context.root;
  if (answer.truncated) throw faultOf({ task, place, stderr: 'git printed more than is read' });
  if (answer.code !== 0) throw faultOf({ task, place, stderr: answer.stderr });
  return answer.stdout;
}

/** The records of output in which each ends with a NUL, as UTF-8. */
export function splitRecords(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((record) => record !== '');
}

import { type GitAnswer, runGit } from '../../git/run-git.ts';

/** How a folder stands to git. */
export type RepositoryState = 'inside' | 'none';

/** Whether the folder, which exists, lies in a git repository. @throws where git itself is missing. */
export async function repositoryAround(folder: string, signal: AbortSignal): Promise<RepositoryState> {
  const answer = await git(folder, ['rev-parse', '--is-inside-work-tree'], signal);
  return answer.code === 0 && answer.stdout.toString().trim() === 'true' ? 'inside' : 'none';
}

/** Makes a repository of the folder, whose first commit holds exactly the named files. */
export async function createRepository(
  folder: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await expectGit(folder, ['init', '--quiet'], signal);
  await expectGit(folder, ['add', '--', ...files], signal);
  const known = (await git(folder, ['config', 'user.email'], signal)).code === 0;
  const person = known ? [] : ['-c', 'user.name=Ratchet', '-c', 'user.email=ratchet@localhost'];
  const quiet = ['-c', 'commit.gpgSign=false', '-c', 'core.hooksPath=/dev/null'];
  await expectGit(
    folder,
    [...person, ...quiet, 'commit', '--quiet', '-m', 'A lab from ratchet init'],
    signal,
  );
}

async function expectGit(folder: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const answer = await git(folder, args, signal);
  if (answer.code === 0) return;
  throw new Error(`git ${args.join(' ')} failed in ${folder}: ${answer.stderr.trim()}`);
}

async function git(folder: string, args: readonly string[], signal: AbortSignal): Promise<GitAnswer> {
  try {
    return await runGit({ args, directory: folder, signal, deadlineMs: 60_000 });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (missing) throw new Error('git is not installed, and every lab lives in a git repository', { cause });
    throw cause;
  }
}

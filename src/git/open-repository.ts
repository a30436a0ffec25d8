import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type GitVersion, gitSettings, isAtLeast } from './environment.ts';
import { ObjectStore } from './object-store.ts';
import { Repository } from './repository.ts';
import { type GitAnswer, runGit } from './run-git.ts';

const OLDEST = { major: 2, minor: 30 };
/** Words that `git rev-parse` passes through, and so divide paths that may hold newlines. */
const DIVIDER = '--ratchet-divider';

export interface OpenOptions {
  /** Existing folder for files that live for milliseconds; a killed process can leave one there. @default the system's temporary folder */
  scratch?: string;
  /** Ends everything that still waits. */
  signal?: AbortSignal;
}

export type OpenOutcome =
  | { kind: 'open'; repository: Repository }
  | {
      kind: 'not-a-repository' | 'bare' | 'git-missing' | 'git-too-old' | 'unsafe-owner';
      /** Names the thing, the place and the mend. */
      message: string;
    };

/** Finds the repository in whose working tree `directory` stands, as git itself would, and opens it. */
export async function openRepository(directory: string, options: OpenOptions = {}): Promise<OpenOutcome> {
  const { signal } = options;
  const version = await readVersion(signal);
  if (version === undefined) {
    const message = 'The program `git` was not found. Install git 2.30 or newer, and see that it is in PATH.';
    return { kind: 'git-missing', message };
  }
  if (!isAtLeast(version, OLDEST.major, OLDEST.minor)) {
    const message = `The program \`git\` is version ${version.major}.${version.minor}. Ratchet needs 2.30 or newer: install a newer git.`;
    return { kind: 'git-too-old', message };
  }

  const place = resolve(directory);
  const questions = ['--is-bare-repository', '--is-inside-git-dir', '--show-object-format'];
  const paths = ['--show-toplevel', '--absolute-git-dir', '--git-common-dir', '--show-prefix'];
  const args = ['-C', place, 'rev-parse', ...[...questions, ...paths].flatMap((flag) => [flag, DIVIDER])];
  const answer = await runGit({ args, signal });
  const [bare, insideGitDir, format, root, worktreeGitDir, commonDir, prefix] = answer.stdout
    .toString('utf8')
    .split(`${DIVIDER}\n`)
    .map((line) => line.replace(/\n$/, ''));
  if (bare === 'true') {
    const message = `The repository of ${place} is bare: it has no working tree to take a lab from. Clone it, and run there.`;
    return { kind: 'bare', message };
  }
  if (insideGitDir === 'true') {
    const message = `${place} is inside git's own folder. Go to the working tree of that repository.`;
    return { kind: 'not-a-repository', message };
  }
  if (answer.code !== 0 || !root || !worktreeGitDir || !commonDir || prefix === undefined) {
    return refusalOf(place, answer);
  }

  const settings = gitSettings(version);
  const hashBytes = format === 'sha256' ? 32 : 20;
  const scratch = resolve(options.scratch ?? tmpdir());
  const objects = new ObjectStore({ gitDir: worktreeGitDir, place: root, settings, scratch, hashBytes });
  const context = { root, worktreeGitDir, settings, hashBytes, scratch, objects, signal };
  return {
    kind: 'open',
    repository: new Repository(context, { gitDir: resolve(place, commonDir), prefix }),
  };
}

async function readVersion(signal: AbortSignal | undefined): Promise<GitVersion | undefined> {
  try {
    const answer = await runGit({ args: ['version'], signal });
    const found = /git version (\d+)\.(\d+)/.exec(answer.stdout.toString('latin1'));
    return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Why git would not open the repository, from its words. */
export function refusalOf(
  place: string,
  answer: Pick<GitAnswer, 'stderr'>,
): Exclude<OpenOutcome, { kind: 'open' }> {
  const said = answer.stderr.trim();
  if (/dubious ownership|unsafe repository/.test(said)) {
    const at = /repository at '([^']+)'|repository \('([^']+)'/.exec(said);
    const repository = at?.[1] ?? at?.[2] ?? place;
    const message =
      `The repository ${repository} belongs to another user, so git does not trust it. ` +
      `If you do, run: git config --global --add safe.directory '${repository}'`;
    return { kind: 'unsafe-owner', message };
  }
  if (/cannot use bare repository/.test(said)) {
    const message = `The repository of ${place} is bare: it has no working tree to take a lab from. Clone it, and run there.`;
    return { kind: 'bare', message };
  }
  if (/not a git repository/.test(said)) {
    const message = `${place} is not inside a git repository. Run \`git init\` there, commit the lab, and try again.`;
    return { kind: 'not-a-repository', message };
  }
  const message = `Git cannot open a repository at ${place}: ${said}`;
  return { kind: 'not-a-repository', message };
}

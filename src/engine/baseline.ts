import { join } from 'node:path';
import { GitFault } from '../git/fault.ts';
import type { Repository } from '../git/repository.ts';
import type { SnapshotOptions, SnapshotOutcome } from '../git/snapshot.ts';
import type { StudyFolder } from '../lab/folder.ts';
import { PROGRAM_FILE } from '../lab/program.ts';
import type { Commit } from '../model/identity.ts';
import type { Program } from '../model/program.ts';
import type { StudyState } from '../model/study.ts';

/** Names that one notice lists. */
const MOST_NAMES = 3;

/** How a lab's working tree is taken as a commit: with its uncommitted files, without what trials are
 * provided with, and without what is sealed. */
export function snapshotOf(
  repository: Repository,
  program: Program,
  folder: string,
  now: number,
): SnapshotOptions {
  return {
    indexFile: join(folder, 'snapshot-index'),
    folder: repository.prefix,
    exclude: [...program.provide, ...(program.holdout?.sealed ?? [])].map((path) => repository.prefix + path),
    time: new Date(now),
  };
}

/** What a person should know about the baseline that a snapshot became. */
export function noticesOfBaseline({
  uncommitted,
  nestedRepositories,
}: Extract<SnapshotOutcome, { kind: 'taken' }>): string[] {
  const included = `the baseline includes uncommitted files: ${listed(uncommitted)}`;
  return [...(uncommitted.length === 0 ? [] : [included]), ...nestedNotices(nestedRepositories)];
}

/** Git holds no files of a repository inside another: a trial would miss them without a word. */
export function nestedNotices(nested: readonly string[]): string[] {
  if (nested.length === 0) return [];
  return [
    `trials do not see the repositories inside the lab (${listed(nested)}): name under \`provide\` what they need of them`,
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

/**
 * A study goes on from its own baseline and champions, whatever has happened to the lab's files since: names those that
 * are as neither of them has them. `program.md` is not among them, since each start reads it anew. Nothing is said of a lab
 * that has grown too large to look at.
 */
export async function noticesOfDrift(
  repository: Repository,
  state: StudyState,
  program: Program,
  { scratch }: StudyFolder,
  now: number,
): Promise<string[]> {
  const { study, baseline, lab } = state.study;
  const snapshot = await attempt(() => repository.snapshot(snapshotOf(repository, program, scratch, now)));
  if (snapshot instanceof GitFault)
    return [`whether the lab still is as study ${study} knows it cannot be told: ${snapshot.message}`];
  if (snapshot.kind === 'too-large') return [];
  const commits = new Set<Commit>([baseline, ...[...state.champions.values()].map(({ commit }) => commit)]);
  const isFileOfLab = (path: string) => path.startsWith(lab) && path !== lab + PROGRAM_FILE;
  let drifted: string[] | undefined;
  for (const commit of commits) {
    const changes = await repository.changes(commit, snapshot.commit);
    const changed = new Set(changes.map(({ path }) => path).filter(isFileOfLab));
    drifted = drifted?.filter((path) => changed.has(path)) ?? [...changed];
  }
  const names = drifted?.map((path) => path.slice(lab.length)) ?? [];
  if (names.length === 0) return [];
  const [differ, them] = names.length === 1 ? ['differs', 'it'] : ['differ', 'them'];
  return [
    `${listed(names)} ${differ} from the baseline of study ${study}, which goes on without: --new takes ${them} in`,
  ];
}

/** A file that git cannot read is no reason not to go on with a study that does not need it. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | GitFault> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof GitFault) return cause;
    throw cause;
  }
}

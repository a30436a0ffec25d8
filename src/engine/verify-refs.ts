import type { Repository } from '../git/repository.ts';
import type { Commit, StudyId } from '../model/identity.ts';
import { championOn, type StudyState } from '../model/study.ts';
import type { Finding, Findings } from './finding.ts';
import { isOfStudy, refsBelow, refsOf } from './publish.ts';

/** The refs of a study as they stood at one moment. */
export interface FoundRefs {
  /** Below `refs/ratchet/STUDY/`. */
  readonly present: ReadonlyMap<string, Commit>;
  readonly branch:
    | { readonly kind: 'absent' }
    | { readonly kind: 'there'; readonly commit: Commit; readonly checkedOutIn: string | undefined }
    /** Another branch's name stands in its way. */
    | { readonly kind: 'name-taken'; readonly by: string };
}

export async function findRefs(repository: Repository, study: StudyId): Promise<FoundRefs> {
  const { folder, branch } = refsOf(study);
  const present = await refsBelow(repository, folder);
  const branches = await refsBelow(repository, 'refs/heads/ratchet');
  const commit = branches.get(branch);
  if (commit !== undefined) {
    const checkedOutIn = (await repository.checkedOut([branch]))?.worktree;
    return { present, branch: { kind: 'there', commit, checkedOutIn } };
  }
  const by = [...branches.keys()].find(
    (name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`),
  );
  return { present, branch: by === undefined ? { kind: 'absent' } : { kind: 'name-taken', by } };
}

/** An engine at work has the champion's refs in their place by then, in milliseconds after the ledger says that it moved. */
const PUBLISHED_WITHIN = 60_000;

export interface RefsToCheck {
  readonly found: FoundRefs;
  /** What stood in the ledger before the refs were looked at. */
  readonly lasting: ReadonlyMap<string, Commit>;
  /** Commits that git has not: no ref can be set to them. */
  readonly lost: ReadonlySet<Commit>;
  /** The study as it stood after that. */
  readonly state: StudyState;
  /** When the champion last moved, or an engine started: milliseconds since 1970. */
  readonly changedAt: number;
  readonly isAtWork: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whether every ref that should exist does, and stands where the ledger says. */
export function checkRefs(refs: RefsToCheck): Findings {
  const { found, lasting, lost, state } = refs;
  const problems: Finding[] = [];
  for (const [place, to] of lasting) {
    const at = found.present.get(place);
    if (at !== to && !lost.has(to)) problems.push(misplaced(place, at, to));
  }
  const champion = checkChampion(refs);
  return {
    problems: [...problems, ...champion.problems],
    notes: [...champion.notes, ...strangersAmong(found, state, refs.isAtWork)],
  };
}

function misplaced(place: string, at: Commit | undefined, to: Commit): Finding {
  return {
    about: 'refs',
    place,
    problem: at === undefined ? 'is missing' : `stands at ${at}, and the ledger says ${to}`,
    mend: '`ratchet run` sets it',
  };
}

/** The ref and the branch that follow the champion on the hardware of the last engine; none where there was no engine yet. */
function checkChampion({ found, lost, state, changedAt, isAtWork, now }: RefsToCheck): Findings {
  const { engine, study } = state;
  if (engine === undefined) return { problems: [], notes: [] };
  const { champion, branch, without } = refsOf(study.study);
  const to = championOn(state, engine.hardware).commit;
  const problems: Finding[] = [];
  const notes: string[] = [];
  const isBeingPublished = isAtWork && now - changedAt < PUBLISHED_WITHIN;
  const expect = (place: string, at: Commit | undefined) => {
    if (at === to || lost.has(to)) return;
    if (isBeingPublished)
      notes.push(`${place} follows the champion within some seconds: the engine at work sets it`);
    else problems.push(misplaced(place, at, to));
  };
  expect(champion, found.present.get(champion));
  switch (found.branch.kind) {
    case 'absent':
      expect(branch, undefined);
      break;
    case 'name-taken':
      notes.push(`${branch} cannot be made while ${found.branch.by} exists: the champion is at ${champion}`);
      break;
    case 'there': {
      const { commit, checkedOutIn } = found.branch;
      if (commit === to) break;
      if (!isOfStudy(state, commit, found.present.get(without(commit)) === commit))
        notes.push(
          `${branch} has commits that are not Ratchet's, and is left as it is: the champion is at ${champion}`,
        );
      else if (checkedOutIn !== undefined)
        notes.push(
          `${branch} is checked out in ${checkedOutIn}, and is left as it is: the champion is at ${champion}`,
        );
      else expect(branch, commit);
      break;
    }
    default:
      found.branch satisfies never;
  }
  return { problems, notes };
}

/** Refs of experiments that the ledger does not know: an engine sets each before the ledger has its proposal. */
function strangersAmong(
  { present }: FoundRefs,
  { study, nextExperiment }: StudyState,
  isAtWork: boolean,
): string[] {
  if (isAtWork) return [];
  const { folder } = refsOf(study.study);
  const strangers = [...present.keys()].filter((ref) => Number(ref.slice(folder.length)) >= nextExperiment);
  if (strangers.length === 0) return [];
  const them = strangers.length === 1 ? strangers[0] : `${strangers.length} refs such as ${strangers[0]}`;
  return [
    `the ledger does not know ${them}: an engine died before it could write of it, or the ledger lost its end`,
  ];
}

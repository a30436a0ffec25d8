import type { Repository } from '../git/repository.ts';
import type { StudyFolder } from '../lab/folder.ts';
import type { LedgerEntry } from '../model/event.ts';
import type { Commit, StudyId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import { compareWithCopy } from '../record/copy.ts';
import type { Mistrust } from '../record/file.ts';
import { lineageProblems, moveIn, type RecordedMove } from '../record/lineage.ts';
import { type LedgerReader, readLedger } from '../record/reader.ts';
import { readCopy } from '../record/restore.ts';
import { copyProblem } from './copy-problem.ts';
import type { Finding, Findings } from './finding.ts';
import { engineAtWork } from './lock.ts';
import { lastingRefs, refsOf } from './publish.ts';
import { findingOfLacking, findingOfLineage } from './verify-commits.ts';
import { checkRefs, findRefs } from './verify-refs.ts';

/** Whether all that a study is made of is there, and agrees. */
export interface Verification extends Findings {
  readonly kind: 'verified';
  readonly isAtWork: boolean;
  /** Entries of the ledger, and of its copy in git; undefined where it is missing or cannot be trusted. */
  readonly entries: { readonly ledger: number | undefined; readonly copy: number | undefined };
  /** What refs and commits were compared with; undefined where neither ledger nor copy can be read. */
  readonly compared: Compared | undefined;
}

export interface Compared {
  readonly state: StudyState;
  /** Refs that never move. */
  readonly refs: number;
  /** Commits, folders and files of the study that git finds. */
  readonly objects: number;
  readonly moves: number;
}

export interface StudyToVerify {
  readonly study: StudyId;
  readonly folder: StudyFolder;
  readonly repository: Repository;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the ledger says, or its copy where the ledger cannot be read. */
interface Source {
  readonly entries: { readonly ledger: number | undefined; readonly copy: number | undefined };
  /** Undefined where there is none. */
  readonly history: History | undefined;
  readonly problems: readonly Finding[];
  readonly notes: readonly string[];
}

/** `lasting` is what must be in the refs, `state` what may be: an engine may have gone on between the two. */
interface History {
  readonly lasting: ReadonlyMap<string, Commit>;
  readonly state: StudyState;
  readonly moves: readonly RecordedMove[];
  /** When the champion last moved, or an engine started: milliseconds since 1970. */
  readonly changedAt: number;
}

/**
 * Checks a ledger, its copy, the refs and the champion's lineage. It only reads, and an engine may work meanwhile: what the
 * ledger says before the refs are looked at must be in them, and what is in them must be in the ledger after that. A ledger
 * that a newer Ratchet wrote is handed back as it is.
 */
export async function verifyStudy(
  place: StudyToVerify,
): Promise<Verification | Extract<Mistrust, { kind: 'newer' }>> {
  const { study, folder, repository, now } = place;
  const wasAtWork = engineAtWork(folder) !== undefined;
  const reading = readLedger(folder.ledger);
  if (reading.kind === 'newer') return reading;
  using reader = reading.kind === 'open' ? reading.reader : undefined;
  const lasting = reader && lastingRefs(reader.state);
  const found = await findRefs(repository, study);
  const hasCopy = found.present.has(refsOf(study).ledger);
  const { entries, history, ...source } =
    reader && lasting
      ? await readSource(place, { reader, lasting, hasCopy })
      : await readCopyAlone(place, reading.kind === 'damaged' ? reading : undefined);
  const isAtWork = wasAtWork || engineAtWork(folder) !== undefined;
  const problems = [...source.problems];
  const notes = [...source.notes];
  if (history === undefined)
    return { kind: 'verified', isAtWork, entries, compared: undefined, problems, notes };

  const { state } = history;
  const champions = [...state.champions.values()].map(({ commit }) => commit);
  const commits = new Set([...history.lasting.values(), ...champions]);
  const inspected = await repository.inspect([...commits], state.study.baseline);
  const lost = new Set(inspected.lacking.flatMap(({ commit, path }) => (path === '' ? commit : [])));
  const refs = checkRefs({ ...history, found, lost, isAtWork, now });
  problems.push(
    ...refs.problems,
    ...inspected.lacking.map((lacking) => findingOfLacking(state, lacking)),
    ...lineageProblems(state, history.moves, inspected.parents).map((problem) =>
      findingOfLineage(folder, problem),
    ),
  );
  notes.push(...refs.notes);
  const compared = {
    state,
    refs: history.lasting.size,
    objects: inspected.objects,
    moves: history.moves.length,
  };
  return { kind: 'verified', isAtWork, entries, compared, problems, notes };
}

async function readSource(
  { study, folder, repository }: StudyToVerify,
  {
    reader,
    lasting,
    hasCopy,
  }: {
    readonly reader: LedgerReader;
    readonly lasting: ReadonlyMap<string, Commit>;
    readonly hasCopy: boolean;
  },
): Promise<Source> {
  const { ledger: ref } = refsOf(study);
  const problems: Finding[] = [];
  const notes: string[] = [];
  let copied: number | undefined;
  if (hasCopy) {
    const standing = await compareWithCopy(repository, ref, reader);
    if (standing.kind === 'beginning') copied = standing.entries;
    else problems.push({ about: 'copy', place: ref, ...copyProblem(standing, ref) });
  } else {
    problems.push({ about: 'copy', place: ref, problem: 'is missing', mend: '`ratchet run` writes it anew' });
  }
  reader.refresh();
  const gatherer = createGatherer();
  const entries = reader.sequence;
  for (const entry of reader.entries()) {
    // What came in since is another moment's.
    if (entry.sequence > entries) break;
    gatherer.take(entry);
  }
  const history = { lasting, state: reader.state, ...gatherer.gathered() };
  const behind = entries - (copied ?? entries);
  if (behind > 0 && engineAtWork(folder) === undefined)
    notes.push(
      `the copy in git lacks the last ${behind} of the ledger's entries: the next engine brings it up to date`,
    );
  return { entries: { ledger: entries, copy: copied }, history, problems, notes };
}

/** For a ledger that is missing, or `damaged`. */
async function readCopyAlone(
  { study, folder, repository }: StudyToVerify,
  damaged: Extract<Mistrust, { kind: 'damaged' }> | undefined,
): Promise<Source> {
  const { ledger: ref } = refsOf(study);
  const gatherer = createGatherer();
  const copy = await readCopy(repository, ref, gatherer.take);
  const problem =
    damaged === undefined ? 'is missing' : `is damaged at entry ${damaged.sequence} (${damaged.problem})`;
  const ledger = { about: 'ledger', place: folder.ledger, problem } as const;
  if (copy.kind !== 'whole') {
    const mend = 'take it from a backup of this folder: its copy in git is of no help';
    const ofCopy =
      copy.kind === 'damaged'
        ? `is damaged at entry ${copy.sequence} (${copy.problem})`
        : copy.kind === 'absent'
          ? 'is missing'
          : copy.message;
    const finding = {
      about: 'copy',
      place: ref,
      problem: ofCopy,
      mend: 'take it from a clone that has it',
    } as const;
    return {
      entries: { ledger: undefined, copy: undefined },
      history: undefined,
      problems: [{ ...ledger, mend }, finding],
      notes: [],
    };
  }
  const { sequence } = copy.fold.tip;
  const { state } = copy.fold;
  const restored = `\`ratchet run\` restores it from its copy in git, which has ${sequence} entries`;
  return {
    entries: { ledger: undefined, copy: sequence },
    history: { lasting: lastingRefs(state), state, ...gatherer.gathered() },
    problems: [{ ...ledger, mend: damaged === undefined ? restored : `move it away, and ${restored}` }],
    notes: [],
  };
}

/** What the fold does not keep. */
function createGatherer() {
  const moves: RecordedMove[] = [];
  let changedAt = 0;
  return {
    take(entry: LedgerEntry): void {
      const move = moveIn(entry);
      if (move) moves.push(move);
      if (move || entry.event.kind === 'engine-start') changedAt = entry.at;
    },
    gathered: () => ({ moves, changedAt }),
  };
}

import { createHash, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import type { Repository } from '../git/repository.ts';
import { makeStateFolder, type StudyFolder, studyFolder } from '../lab/folder.ts';
import { BOUNDS } from '../model/bound.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, StudyId } from '../model/identity.ts';
import type { Program } from '../model/program.ts';
import { createLedgerCopy } from '../record/copy.ts';
import { type Ledger, openLedger, startLedger } from '../record/ledger.ts';
import { readCopy, restoreFromCopy } from '../record/restore.ts';
import { noticesOfBaseline, noticesOfDrift, snapshotOf } from './baseline.ts';
import { claimFolder, claimNewFolder, clearAbandonedStarts } from './claim.ts';
import type { StudyLock } from './lock.ts';
import { refsOf } from './publish.ts';
import { createStudyId, type FoundStudy, latestStudy, studiesNamed, studiesOnDisk } from './studies.ts';

/** A study that this process may write to: nobody else does as long as it is not closed. */
export interface OpenStudy {
  readonly folder: StudyFolder;
  readonly ledger: Ledger;
  readonly lock: StudyLock;
  readonly origin: 'new' | 'resumed' | 'restored';
  /** What a person should know about how it was opened: uncommitted files, a restored ledger. */
  readonly notices: readonly string[];
}

export type StudyOpening =
  | ({ readonly kind: 'open' } & OpenStudy)
  /** `message` names the thing, the place and the mend. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'busy'; readonly folder: StudyFolder; readonly pid: number | undefined };

export interface StudyWish {
  /** The lab's absolute folder. */
  readonly lab: string;
  readonly repository: Repository;
  readonly program: Program;
  /** Opens a new study even where the lab has one. */
  readonly fresh: boolean;
  /** The study to resume, by its id or the beginning of it. @default the newest of the lab */
  readonly study?: string;
  /** Of a new study; drawn by lot where absent. */
  readonly seed?: number;
  readonly now: () => number;
}

/** Opens the study that is wished for, else the lab's latest, or a new one where it has none. */
export async function openStudy(wish: StudyWish): Promise<StudyOpening> {
  makeStateFolder(wish.lab);
  await clearAbandonedStarts(wish.lab, wish.repository);
  if (wish.study !== undefined) return resumeNamed(wish, wish.study);
  const latest = wish.fresh ? undefined : await latestStudy(wish.lab, wish.repository);
  return latest === undefined ? startStudy(wish) : resumeStudy(wish, latest);
}

/** The one study of the lab, on the disk or in the refs, whose id begins with `wanted`. */
async function resumeNamed(wish: StudyWish, wanted: string): Promise<StudyOpening> {
  const { lab, repository } = wish;
  const found = await studiesNamed(lab, repository, wanted);
  const [only, ...others] = found;
  if (only === undefined) {
    const onDisk = studiesOnDisk(lab);
    const known = onDisk.length === 0 ? 'it has none' : `it has ${onDisk.slice(-10).join(', ')}`;
    return { kind: 'refused', message: `no study ${wanted} in ${lab}: ${known}` };
  }
  if (others.length === 0) return resumeStudy(wish, only);
  const ids = found.map(({ study }) => study).join(', ');
  return { kind: 'refused', message: `study ${wanted} could be ${ids}: write more of its id` };
}

async function resumeStudy(wish: StudyWish, { study, place }: FoundStudy): Promise<StudyOpening> {
  const folder = studyFolder(wish.lab, study);
  const locking = claimFolder(folder);
  if (locking.kind === 'busy') return { kind: 'busy', folder, pid: locking.pid };
  const { lock } = locking;
  wish.repository.useScratch(folder.scratch);
  const notices: string[] = [];
  try {
    if (place === 'refs') {
      const restored = await restoreFromCopy(wish.repository, refsOf(study).ledger, folder.ledger);
      if (restored.kind === 'absent')
        return refuse(lock, `${refsOf(study).ledger} holds no entry: delete that ref`);
      if (restored.kind !== 'restored') return refuse(lock, restored.message);
      notices.push(`the ledger was missing, and was restored from its copy in ${refsOf(study).ledger}`);
    }
    const opening = openLedger(folder.ledger, { author: author(), now: wish.now });
    if (opening.kind === 'absent') return refuse(lock, `${folder.ledger} holds no entry: delete it`);
    if (opening.kind === 'damaged')
      return refuse(lock, opening.message + (await wordOfCopy(wish.repository, study)));
    if (opening.kind !== 'open') return refuse(lock, opening.message);
    const { ledger } = opening;
    const changed = changedObjective(ledger, wish.program);
    if (changed !== undefined) {
      await ledger.close();
      return refuse(lock, changed);
    }
    notices.push(...(await noticesOfDrift(wish.repository, ledger.state, wish.program, folder, wish.now())));
    return { kind: 'open', folder, ledger, lock, origin: place === 'disk' ? 'resumed' : 'restored', notices };
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** Whether a ledger that is not opened can be had again from its copy. */
async function wordOfCopy(repository: Repository, study: StudyId): Promise<string> {
  const { ledger } = refsOf(study);
  const copy = await readCopy(repository, ledger, () => undefined);
  return copy.kind === 'whole'
    ? `. The copy in ${ledger} is whole, and has ${copy.fold.tip.sequence} entries`
    : '';
}

function refuse(lock: StudyLock, message: string): StudyOpening {
  lock.release();
  return { kind: 'refused', message };
}

/** An objective is fixed before the first trial: numbers under another one mean something else. */
function changedObjective({ state }: Ledger, { objective }: Program): string | undefined {
  const { study, objective: fixed } = state.study;
  const keys = ['name', 'unit', 'direction', 'minimumEffect'] as const;
  const changed = keys.filter((key) => fixed[key] !== objective[key]);
  if (changed.length === 0) return undefined;
  const list = changed.map((key) => `${key} from ${fixed[key]} to ${objective[key]}`).join(', ');
  return (
    `program.md changes the objective of study ${study}: ${list}. ` +
    'Change it back, or open a new study with `ratchet run --new`.'
  );
}

async function startStudy(wish: StudyWish): Promise<StudyOpening> {
  const { lab, repository, program } = wish;
  const draw = () => createStudyId(new Date(wish.now()), randomInt(2 ** 16));
  const { study, folder, lock } = claimNewFolder(lab, draw);
  repository.useScratch(folder.scratch);
  try {
    const snapshot = await repository.snapshot(snapshotOf(repository, program, folder.scratch, wish.now()));
    if (snapshot.kind === 'too-large') return refuse(lock, snapshot.message);
    const baseline = snapshot.commit as Commit;
    const start: StudyEvent = {
      kind: 'study-start',
      study,
      lab: repository.prefix,
      objective: program.objective,
      program: program.digest,
      baseline,
      uncommitted: snapshot.uncommitted.slice(0, BOUNDS.paths),
      seed: wish.seed ?? randomInt(2 ** 31),
    };
    const refs = refsOf(study);
    await repository.updateRefs([{ ref: refs.baseline, to: baseline }]);
    const ledger = startLedger(folder.ledger, start, { author: author(), now: wish.now });
    await createLedgerCopy({ chain: repository, ref: refs.ledger }).write(ledger);
    return { kind: 'open', folder, ledger, lock, origin: 'new', notices: noticesOfBaseline(snapshot) };
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** One engine on one machine, without the machine's name in every entry. */
function author(): string {
  const digest = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  return `engine-${digest}-${process.pid}`;
}

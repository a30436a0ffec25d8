import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { STATE_FOLDER, studyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { refsOf } from './publish.ts';

const STUDY_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

export function isStudyId(name: string): name is StudyId {
  return STUDY_ID.test(name);
}

/** A new study's id, such as `20260308-221500-7f3a`: UTC time and 16 random bits, so that ids sort by age. */
export function createStudyId(now: Date, random: number): StudyId {
  const [date = '', time = ''] = now.toISOString().split('T');
  const digits = (random & 0xffff).toString(16).padStart(4, '0');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${digits}` as StudyId;
}

/** The studies of a lab whose ledger is on this disk, oldest first. */
export function studiesOnDisk(lab: string): StudyId[] {
  const root = join(lab, STATE_FOLDER);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter(isStudyId)
    .filter((study) => existsSync(studyFolder(lab, study).ledger))
    .toSorted();
}

/** A study whose ledger is on the disk, or, where `.ratchet/` was deleted, only its copy in the refs. */
export interface FoundStudy {
  readonly study: StudyId;
  readonly place: 'disk' | 'refs';
}

/** The studies of a lab whose ids begin with `wanted`. */
export async function studiesNamed(
  lab: string,
  repository: Repository,
  wanted: string,
): Promise<FoundStudy[]> {
  const onDisk = studiesOnDisk(lab);
  const found = onDisk
    .filter((id) => id.startsWith(wanted))
    .map((study): FoundStudy => ({ study, place: 'disk' }));
  for (const study of await studiesInRefs(repository)) {
    if (!study.startsWith(wanted) || onDisk.includes(study)) continue;
    if (await isStudyOfLab(repository, study)) found.push({ study, place: 'refs' });
  }
  return found;
}

/** The newest study of a lab; undefined where it has none. */
export async function latestStudy(lab: string, repository: Repository): Promise<FoundStudy | undefined> {
  const newest = studiesOnDisk(lab).at(-1);
  for (const study of (await studiesInRefs(repository)).toReversed()) {
    if (newest !== undefined && study <= newest) break;
    if (await isStudyOfLab(repository, study)) return { study, place: 'refs' };
  }
  return newest === undefined ? undefined : { study: newest, place: 'disk' };
}

/** The studies of a repository, of whichever lab, whose ledger has a copy in its refs; oldest first. */
export async function studiesInRefs(repository: Repository): Promise<StudyId[]> {
  const refs = await repository.listRefs('refs/ratchet');
  const ids = refs.flatMap(({ ref }) => /^refs\/ratchet\/([^/]+)\/ledger$/.exec(ref)?.[1] ?? []);
  return ids.filter(isStudyId).toSorted();
}

/**
 * A repository may hold many labs: the first line of the copy names the one that a study belongs to. And it may have many
 * working trees: a study that lies in another one of them is at home there.
 */
export async function isStudyOfLab(repository: Repository, study: StudyId): Promise<boolean> {
  for await (const link of repository.readChain(refsOf(study).ledger)) {
    if (link.kind !== 'content') return false;
    const first = link.content.toString().split('\n', 1)[0] ?? '';
    const isOfLab = first.includes(`"lab":${JSON.stringify(repository.prefix)}`);
    return isOfLab && !(await isAtHomeElsewhere(repository, study));
  }
  return false;
}

async function isAtHomeElsewhere(repository: Repository, study: StudyId): Promise<boolean> {
  const others = (await repository.workingTrees()).filter((root) => root !== repository.root);
  return others.some((root) => existsSync(studyFolder(join(root, repository.prefix), study).ledger));
}

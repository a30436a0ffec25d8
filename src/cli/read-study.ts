import type { Command } from 'commander';
import { engineAtWork } from '../engine/lock.ts';
import { isStudyOfLab, studiesInRefs, studiesOnDisk } from '../engine/studies.ts';
import { openRepository } from '../git/open-repository.ts';
import { type StudyFolder, studyFolder } from '../lab/folder.ts';
import { shellWord } from '../lab/shell-word.ts';
import type { StudyId } from '../model/identity.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import { type LedgerReader, readLedger } from '../record/reader.ts';
import { EXIT } from './exit.ts';
import { type Lab, requireLab } from './find-lab.ts';
import { ledgerProblem } from './ledger-problem.ts';
import { Problem } from './problem.ts';
import { labTitle } from './terminal/words.ts';

/** How a command line says which study it means. */
export interface StudyChoice {
  readonly lab?: string;
  readonly study?: string;
}

const WHICH_LAB = '(default: the one around or below this folder)';

/** For a command with another argument: the lab is an option. */
export function withStudyOptions(command: Command): Command {
  return command
    .option('--lab <folder>', `the lab ${WHICH_LAB}`)
    .option('--study <id>', "one of the lab's studies (default: the newest)");
}

/** For a command without another argument: the lab is an argument, and may be the option too, as everywhere. */
export function withLab(command: Command): Command {
  return command
    .argument('[lab]', `folder of the lab ${WHICH_LAB}`)
    .option('--lab <folder>', 'the same, as an option');
}

export function withLabAndStudy(command: Command): Command {
  return withLab(command).option('--study <id>', "one of the lab's studies (default: the newest)");
}

/** The options with the lab that the argument names. @throws Problem where both name one. */
export function choiceOf<Options extends { readonly lab?: string }>(
  named: string | undefined,
  options: Options,
): Options {
  if (named === undefined) return options;
  if (options.lab === undefined) return { ...options, lab: named };
  throw new Problem(`the lab is named twice, ${named} and --lab ${options.lab}: name it once`);
}

/** A study of this machine, opened to be read. An engine at work on it is not disturbed. */
export interface ReadStudy extends Disposable {
  readonly lab: Lab;
  readonly id: StudyId;
  readonly folder: StudyFolder;
  readonly reader: LedgerReader;
  readonly state: StudyState;
}

/** @throws Problem where there is no such lab, no such study, or nothing in it that can be read. */
export async function openStudyToRead(choice: StudyChoice, start = process.cwd()): Promise<ReadStudy> {
  const lab = await requireLab(start, choice.lab);
  const id = await chooseStudy(lab, choice.study);
  const folder = studyFolder(lab.folder, id);
  const opening = readLedger(folder.ledger);
  if (opening.kind !== 'open')
    throw ledgerProblem(opening, `study ${id} of ${labTitle(lab.name)} has no entry yet`);
  const { reader } = opening;
  return { lab, id, folder, reader, state: reader.state, [Symbol.dispose]: () => reader.close() };
}

/**
 * A study as it stands now. An engine that was killed could not write that it stops: without one at work the study is
 * stopped, whatever the ledger says last.
 */
export function stateNow({ folder, state }: ReadStudy): StudyState {
  return engineAtWork(folder) === undefined ? { ...state, activity: 'stopped' } : state;
}

/** The study that `wanted` names by its id or the beginning of it; the newest of the lab where it names none. */
export async function chooseStudy(lab: Lab, wanted: string | undefined): Promise<StudyId> {
  const studies = studiesOnDisk(lab.folder);
  const chosen = wanted === undefined ? studies.slice(-1) : studies.filter((id) => id.startsWith(wanted));
  const [id, ...others] = chosen;
  if (id !== undefined && others.length === 0) return id;
  if (others.length > 0) throw new Problem(`--study ${wanted} could be ${chosen.join(', ')}`);
  await reportCopies(lab, wanted);
  if (wanted !== undefined && studies.length > 0) {
    throw new Problem(`no study ${wanted} in ${labTitle(lab.name)}: it has ${studies.slice(-10).join(', ')}`);
  }
  throw new Problem(`no study in ${labTitle(lab.name)} yet: "${runText(lab)}" opens one`, EXIT.nothing);
}

/** Says so where the lab's state folder is gone and only the copies of its ledgers in git are left. */
async function reportCopies(lab: Lab, wanted: string | undefined): Promise<void> {
  const opening = await openRepository(lab.folder);
  if (opening.kind !== 'open') return;
  await using repository = opening.repository;
  const copies: StudyId[] = [];
  for (const study of await studiesInRefs(repository)) {
    if (study.startsWith(wanted ?? '') && (await isStudyOfLab(repository, study))) copies.push(study);
  }
  const newest = copies.at(-1);
  if (newest === undefined) return;
  throw new Problem(
    `the state folder of ${labTitle(lab.name)} is gone, and study ${newest} is left as a copy in git: ` +
      `"${runText(lab)}" restores it`,
    EXIT.nothing,
  );
}

/** As it is typed in this folder. */
function runText({ name }: Lab): string {
  return name === '.' ? 'ratchet run' : `ratchet run ${shellWord(name)}`;
}

/** The experiment that `text` numbers, with or without `#`. @throws Problem where the study has no such one. */
export function requireExperiment(state: StudyState, text: string): Experiment {
  const { study } = state.study;
  const number = /^#?(\d{1,9})$/.exec(text)?.[1];
  if (number === undefined) throw new Problem(`"${text}" is no experiment: write its number, such as 17`);
  const experiments = [...state.experiments.values()];
  const experiment = experiments.find(({ proposal }) => proposal.experiment === Number(number));
  if (experiment !== undefined) return experiment;
  const last = state.nextExperiment - 1;
  const known = last === 0 ? 'it has none yet' : `it has 1 to ${last}`;
  throw new Problem(`no experiment ${number} in study ${study} (${known})`);
}

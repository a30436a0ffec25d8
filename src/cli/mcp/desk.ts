import { createSourceReader } from '../../engine/sources.ts';
import {
  editOf,
  leaveSuggestion,
  TICKET,
  ticketState,
  waitingSuggestions,
} from '../../engine/suggestions.ts';
import { openRepository } from '../../git/open-repository.ts';
import { PATCH_MAX_BYTES } from '../../git/patch.ts';
import { studyFolder } from '../../lab/folder.ts';
import { formatMistake } from '../../lab/mistake.ts';
import { PROGRAM_FILE, readProgramFile } from '../../lab/program.ts';
import { createScope } from '../../lab/scope.ts';
import type { Program } from '../../model/program.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { printable } from '../../process/printable.ts';
import { writeBrief } from '../../propose/brief.ts';
import type { Desk, Difference } from '../../serve/desk.ts';
import { gatherBrief } from '../brief.ts';
import type { Lab } from '../find-lab.ts';
import { Problem } from '../problem.ts';
import { outputTail } from '../trial-files.ts';
import type { Keeper } from './keeper.ts';

/** Bytes of a difference that are read; what is shown of it is less. */
const MOST_DIFF = 64 * 2 ** 10;
const OUTPUT_LINES = 20;

/** What the server's tools may do in a lab, and nothing else. */
export function createDesk(lab: Lab, keeper: Keeper): Desk {
  async function program(): Promise<Program> {
    const reading = await readProgramFile(lab.folder);
    if (reading.kind === 'program') return reading.program;
    const mistakes = reading.mistakes.map((mistake) => formatMistake(PROGRAM_FILE, mistake));
    throw new Problem(`mistakes in ${PROGRAM_FILE}:\n${mistakes.join('\n')}`);
  }

  async function brief(): Promise<string> {
    const { state } = keeper.glance();
    return writeBrief(await gatherBrief({ lab, folder: folderOf(state), state }));
  }

  const folderOf = ({ study }: StudyState) => studyFolder(lab.folder, study.study);

  async function sources(): Promise<ReadonlyMap<string, string>> {
    const { state } = keeper.glance();
    const hardware = state.engine?.hardware;
    const champion = hardware === undefined ? state.study.baseline : championOn(state, hardware).commit;
    await using repository = await repositoryOf(lab.folder);
    const read = createSourceReader(repository, await program(), state.study.lab);
    return (await read(champion)).sources;
  }

  async function difference(
    parent: Parameters<Desk['difference']>[0],
    commit: typeof parent,
  ): Promise<Difference> {
    const { edit } = await program();
    await using repository = await repositoryOf(lab.folder);
    const inScope = createScope(edit);
    const changed = (await repository.changes(parent, commit)).map(({ path }) => path);
    // A patch that was never run, or one of a person, may hold what a locked file holds.
    const isLocked = (path: string) =>
      !path.startsWith(repository.prefix) || !inScope(path.slice(repository.prefix.length));
    if (changed.length === 0 || changed.some(isLocked)) return { text: '', truncated: false };
    return await repository.diff(parent, commit, { paths: changed, maxBytes: MOST_DIFF });
  }

  return {
    look: keeper.look,
    glance: keeper.glance,
    brief,
    sources,
    difference,
    output: (trial) => {
      const folder = folderOf(keeper.glance().state);
      return outputTail(folder, trial, OUTPUT_LINES).map((line) => line.replaceAll(lab.folder, '.'));
    },
    leave: (proposal) => leaveSuggestion(lab.folder, proposal),
    waiting: () => waitingSuggestions(lab.folder).length,
    fate: (ticket) => ticketState(lab.folder, ticket),
    editOf,
    ticketPattern: TICKET,
    longestPatch: PATCH_MAX_BYTES,
    // A file of another system's line ends is read, and patched, as if it had this one's.
    clean: (text) => printable(text.replaceAll('\r\n', '\n')),
  };
}

async function repositoryOf(lab: string) {
  const opening = await openRepository(lab);
  if (opening.kind !== 'open') throw new Problem(opening.message);
  return opening.repository;
}

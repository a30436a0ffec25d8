import { readLive } from '../../engine/live.ts';
import { engineAtWork } from '../../engine/lock.ts';
import { PATCH_MAX_BYTES } from '../../git/patch.ts';
import { type StudyFolder, studyFolder } from '../../lab/folder.ts';
import { decimalsFor, formatDelta, formatValue, withUnit } from '../../lab/numbers.ts';
import { type ProgramReading, readProgramFile } from '../../lab/program.ts';
import { shellWord } from '../../lab/shell-word.ts';
import { formatTrialBudget } from '../../lab/units.ts';
import { BOUNDS } from '../../model/bound.ts';
import type { StudyId } from '../../model/identity.ts';
import type { StudyLimit } from '../../model/limit.ts';
import type { StudyState } from '../../model/study.ts';
import { printable } from '../../process/printable.ts';
import type { Weighed } from '../../record/findings/weighed.ts';
import { type LedgerReader, readLedger } from '../../record/reader.ts';
import type { PageDesk } from '../../serve/page/page-desk.ts';
import type { Phase } from '../../serve/page/wire.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { differenceOf } from '../difference.ts';
import type { Lab } from '../find-lab.ts';
import { weigh } from '../findings.ts';
import { ledgerProblem } from '../ledger-problem.ts';
import { outcomeSentence } from '../outcome.ts';
import { labTitle } from '../terminal/words.ts';
import { curveOf, outputTail } from '../trial-files.ts';
import { askEngine, leaveIdea } from './asking.ts';
import { inTurn } from './in-turn.ts';
import { slotsNow } from './slots.ts';

/** Bytes of a difference that are read, and lines of a log. */
const MOST_DIFF = 1024 * 1024;
const OUTPUT_LINES = 400;
/** Milliseconds that git may take for one. */
const DIFF_PATIENCE = 30_000;
/** How often it is asked whether the engine lives, in milliseconds: the question opens a file. */
const PULSE = 500;
/** How often program.md is read again, in milliseconds. */
const PROGRAM_INTERVAL = 10_000;

/** Opens a study's ledger for the page. `limits` are those of a run at work on it, beside the program's. @throws Problem where it cannot be read */
export async function openPageDesk(
  lab: Lab,
  study: StudyId,
  version: string,
  limits: readonly StudyLimit[] = [],
): Promise<PageDesk & Disposable> {
  const folder = studyFolder(lab.folder, study);
  const opening = readLedger(folder.ledger);
  if (opening.kind !== 'open')
    throw ledgerProblem(opening, `study ${study} of ${labTitle(lab.name)} has no entry yet`);
  return createDesk(lab, folder, opening.reader, version, await keepProgram(lab.folder, limits));
}

interface KeptProgram extends Disposable {
  /** As program.md said when it was last read without a mistake. */
  readonly limits: () => Extract<ProgramReading, { kind: 'program' }>['program']['limits'];
  readonly guards: () => Extract<ProgramReading, { kind: 'program' }>['program']['guards'];
}

async function keepProgram(lab: string, limits: readonly StudyLimit[]): Promise<KeptProgram> {
  let program: Extract<ProgramReading, { kind: 'program' }>['program'] | undefined;
  const read = async () => {
    // Deleted or half written: `ratchet check` explains it, and what was read before still tells.
    const reading = await readProgramFile(lab).catch(() => undefined);
    if (reading?.kind === 'program') program = reading.program;
  };
  await read();
  const timer = setInterval(() => void read(), PROGRAM_INTERVAL);
  timer.unref();
  return {
    limits: () => [...limits, ...(program?.limits ?? [])],
    guards: () => program?.guards ?? [],
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function createDesk(
  lab: Lab,
  folder: StudyFolder,
  reader: LedgerReader,
  version: string,
  program: KeptProgram,
): PageDesk & Disposable {
  const phaseNow = createPulse(folder);
  const { objective } = reader.state.study;
  const valueText = (value: number) =>
    withUnit(formatValue(value, decimalsFor(objective, value)), objective.unit);
  return {
    lab: labTitle(lab.name === '.' ? lab.folder : lab.name),
    version,
    look() {
      const entries = reader.refresh();
      return { state: reader.state, sequence: reader.sequence, phase: phaseNow(reader.state), entries };
    },
    entriesAfter: (sequence) => reader.entries(sequence),
    weigh,
    reach: reachOf,
    limits: program.limits,
    guards: program.guards,
    slots: () => slotsNow(folder, reader.state, phaseNow(reader.state)),
    curve: (trial) => curveOf(folder, trial),
    output: (trial) => outputTail(folder, trial, OUTPUT_LINES),
    // Each takes a handful of git's processes, beside trials that are measured.
    difference: inTurn((parent, commit) =>
      differenceOf(lab.folder, parent, commit, {
        maxBytes: MOST_DIFF,
        signal: AbortSignal.timeout(DIFF_PATIENCE),
      }),
    ),
    budgetText: ({ conditions }) => formatTrialBudget(conditions.budget),
    outcomeText: ({ outcome }) => outcomeSentence(outcome),
    valueText,
    gainText: (gain) => withUnit(formatDelta(gain, decimalsFor(objective, gain)), objective.unit),
    decimals: (_, typical) => decimalsFor(objective, typical),
    replayCommand: (experiment) =>
      `ratchet replay ${experiment}${lab.name === '.' ? '' : ` --lab ${shellWord(lab.name)}`} --study ${reader.state.study.study}`,
    wish: (wish) => askEngine(folder, wish),
    suggest: (idea, patch) => leaveIdea(lab.folder, reader.state, idea, patch),
    // A file of another system's line ends is read as if it had this one's.
    clean: (text) => printable(text.replaceAll('\r\n', '\n')),
    longestIdea: BOUNDS.hypothesis,
    longestPatch: PATCH_MAX_BYTES,
    [Symbol.dispose]() {
      program[Symbol.dispose]();
      reader.close();
    },
  };
}

const UPPER = 0.975;

function reachOf({ standing: { champion }, judged }: Weighed): number | undefined {
  if (champion === undefined || judged?.noise?.kind !== 'learned') return undefined;
  const { sigma, freedom } = judged.noise;
  return (studentQuantile(UPPER, freedom) * sigma) / Math.sqrt(champion.trials);
}

/** What the engine does, asked at most twice a second. */
function createPulse(folder: StudyFolder): (state: StudyState) => Phase {
  let last: { readonly at: number; readonly phase: Phase } | undefined;
  return (state) => {
    const now = performance.now();
    if (last === undefined || now - last.at > PULSE) last = { at: now, phase: phaseOf(folder, state) };
    return last.phase;
  };
}

function phaseOf(folder: StudyFolder, state: StudyState): Phase {
  if (engineAtWork(folder) !== undefined) return readLive(folder)?.course ?? 'running';
  return state.activity === 'stopped' ? 'stopped' : 'died';
}

import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { certifier } from '../decide/certify/certifier.ts';
import { reportStack } from '../decide/certify/stack-report.ts';
import { transferring } from '../decide/certify/transfer.ts';
import { settingOf } from '../decide/learn/setting.ts';
import { type DemandEnding, runOnDemand } from '../engine/certifying.ts';
import { hardwareClass } from '../engine/hardware.ts';
import type { StudyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { championOn, type StudyState } from '../model/study.ts';
import { type Conditions, speaksForCommit } from '../model/trial.ts';
import type { Session } from '../session.ts';
import { parseCount, parseSlots } from './arguments.ts';
import { openProgress } from './certify-progress.ts';
import { exitCodeOf, sentenceOf } from './ending-text.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf, openStudyToRead, type StudyChoice, withLabAndStudy } from './read-study.ts';
import { listenForSignals } from './signals.ts';
import { changeLines, countLine, wholeLines } from './stack-lines.ts';
import { sessionFor } from './work-on-study.ts';

interface CertifyOptions extends StudyChoice {
  readonly report?: true;
  readonly json?: true;
  readonly trials: number;
  readonly slots?: number;
}

/** A campaign of switch-off runs and the confirmation after it end by themselves within so many trials. */
const USUAL_TRIALS = 160;

export function registerCertify(program: Command, version: string): void {
  withLabAndStudy(program.command('certify'))
    .description("re-test the champion's changes on fresh seeds, until each is certified or shown worthless")
    .option('--trials <n>', 'run at most so many; 0 only says what is known', parseAllowance, USUAL_TRIALS)
    .option('--slots <n>', 'trials at a time (default: one a core)', parseSlots)
    .option('--report', 'what the champion as a whole is worth, costs, and does in the larger setting')
    .option('--json', 'one JSON object, with the whole report')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined, given: CertifyOptions, command: Command) => {
      const options = choiceOf(named, given);
      const colour = wantsColour(process.stdout, command);
      process.exitCode = await certify(options, { version, colour });
    });
}

const HELP = `
Each run leaves every uncertified change in the champion or out of it by a fair coin, so that all of them share the runs; then the
champion as a whole is confirmed in pairs. What is shown worthless leaves the champion by a new commit; what stays unproven is
provisional. The first Ctrl-C finishes the trials in flight, the second stops them now; what was learned by then stays.

With --report and \`transfer\` in program.md it also runs the champion in the larger setting, with and without each change.

Examples:
  ratchet certify labs/gpt
  ratchet certify labs/gpt --report --trials 0`;

/** A whole number from 0 up. */
function parseAllowance(text: string): number {
  if (text === '0') return 0;
  try {
    return parseCount(text);
  } catch {
    throw new InvalidArgumentError('Write a whole number from 0 up.');
  }
}

async function certify(
  options: CertifyOptions,
  { version, colour }: { version: string; colour: boolean },
): Promise<ExitCode> {
  const study = await readStudy(options);
  const lab = await openLab({ named: options.lab });
  await using _ = lab.repository;
  requireChanges(study.state, lab);
  const worked = options.trials === 0 ? undefined : await work(lab, { ...options, study: study.id, version });
  const state = worked?.state ?? study.state;
  const conditions = conditionsOf(state);
  const report = reportStack(state, conditions);
  if (options.json) printJson({ study: study.id, ending: worked?.ending.kind ?? 'not-run', ...report });
  else {
    const { objective } = state.study;
    const format = { columns: columnsOf(process.stdout), colour };
    printLines([
      ...(worked ? [worked.sentence, ''] : []),
      ...changeLines(report, objective, format),
      '',
      countLine(report),
      ...(options.report ? wholeLines(report, objective, lab.program.transfer) : []),
      ...cautions(state, conditions, lab),
    ]);
  }
  return worked?.exitCode ?? EXIT.fine;
}

/** Before anything is opened for writing, so that what is refused leaves no trace. */
async function readStudy(options: StudyChoice): Promise<{ id: StudyId; state: StudyState }> {
  using study = await openStudyToRead(options);
  return { id: study.id, state: study.state };
}

function requireChanges(state: StudyState, { program }: OpenLab): void {
  const { stack } = championOn(state, hardwareClass(program.resources));
  if (stack.length > 0 || state.withdrawn.size > 0) return;
  throw new Problem('the champion is still the baseline: there is no kept change to certify', EXIT.nothing);
}

/** Under which the champion was run last. */
function conditionsOf(state: StudyState): Conditions {
  const last = [...state.ended.values()].findLast(speaksForCommit);
  if (last === undefined) throw new Problem('no trial of the study has ended yet', EXIT.nothing);
  return last.conditions;
}

interface Worked {
  readonly ending: DemandEnding;
  readonly sentence: string;
  readonly exitCode: ExitCode;
  readonly state: StudyState;
}

async function work(
  lab: OpenLab,
  options: CertifyOptions & { readonly study: StudyId; readonly version: string },
): Promise<Worked> {
  // Certificates are asked for by somebody, whatever the study's own budget was.
  const unlimited = { ...lab, program: { ...lab.program, limits: [] } };
  const session = await sessionFor(unlimited, { ...options, judge: certifier });
  for (const notice of session.engine.notices) process.stderr.write(`note: ${notice}\n`);
  using signals = listenForSignals(session, () => undefined);
  const ending = await session.run(() => runTrials(session, lab, options));
  const { folder, ledger } = session.engine;
  return {
    ending,
    sentence: textOf(ending, options.trials, lab, folder),
    exitCode: codeOf(ending, signals.interrupted()),
    state: ledger.state,
  };
}

function textOf(ending: DemandEnding, trials: number, { program }: OpenLab, folder: StudyFolder): string {
  switch (ending.kind) {
    case 'settled':
      return program.deterministic
        ? 'the lab is declared deterministic: what was kept has no luck in it to be certified'
        : 'no further trial would settle anything';
    case 'spent':
      return `${trials === 1 ? '1 trial was allowed, and has run' : `${trials} trials were allowed, and have run`}; another "ratchet certify" goes on`;
    default:
      return sentenceOf(ending, folder);
  }
}

async function runTrials(
  { engine }: Session,
  { program }: OpenLab,
  { trials, report }: CertifyOptions,
): Promise<DemandEnding> {
  const onNews = openProgress(engine.ledger.state, trials);
  const first = engine.ledger.state.nextTrial;
  const certified: DemandEnding = program.deterministic
    ? { kind: 'settled' }
    : await runOnDemand(engine, certifier, { allowed: trials, onNews });
  const isOver = certified.kind === 'settled' || certified.kind === 'spent';
  if (!isOver || !report || program.transfer === undefined) return certified;
  const left = trials - (engine.ledger.state.nextTrial - first);
  const transferred = await runOnDemand(engine, transferring, { allowed: left, onNews });
  return certified.kind === 'spent' && transferred.kind === 'settled' ? certified : transferred;
}

function codeOf(ending: DemandEnding, interrupted: boolean): ExitCode {
  switch (ending.kind) {
    case 'settled':
    case 'spent':
      return EXIT.fine;
    default:
      return exitCodeOf(ending, interrupted);
  }
}

/** What stands in the way of certificates. */
function cautions(state: StudyState, conditions: Conditions, { program }: OpenLab): string[] {
  if (program.deterministic) return [];
  if (settingOf(state, conditions).noise.kind !== 'seed-not-controlled') return [];
  return [
    'seed not controlled: runs under different seeds score the same, so nothing can be certified; read RATCHET_SEED in the lab, ' +
      'or declare it `deterministic: true`',
  ];
}

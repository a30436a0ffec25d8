import { join, relative } from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import type { Ending } from '../engine/ending.ts';
import { readLive } from '../engine/live.ts';
import { openStudy, type StudyOpening } from '../engine/open.ts';
import { leaveWish } from '../engine/request.ts';
import { type StudyFolder, trialFolder } from '../lab/folder.ts';
import { formatDuration } from '../lab/units.ts';
import { research } from '../loop.ts';
import type { TrialId } from '../model/identity.ts';
import type { StudyLimit, TrialBudget } from '../model/limit.ts';
import type { Outcome } from '../model/trial.ts';
import { createSearch } from '../propose/search.ts';
import { createSession } from '../session.ts';
import { parseBudget, parseCount, parseSeed, parseTime } from './arguments.ts';
import { detach } from './detach.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import { showSession } from './show-session.ts';
import { listenForSignals } from './signals.ts';

interface RunOptions {
  readonly experiments?: number;
  readonly for?: number;
  readonly seed?: number;
  readonly researcher: 'search';
  readonly slots?: number;
  readonly trial?: TrialBudget;
  readonly new?: true;
  readonly detach?: true;
}

export function registerRun(program: Command, version: string): void {
  program
    .command('run')
    .description("start the lab's study, or resume it, and work until a limit or Ctrl-C")
    .argument('[lab]', 'folder of the lab (default: the one around this folder)')
    .option('--experiments <n>', 'stop after this many verdicts of this run', parseCount)
    .option('--for <duration>', 'stop after this time, such as 8h or 30m', parseTime)
    .option('--seed <n>', 'seed of a new study (default: drawn by lot)', parseSeed)
    .addOption(
      new Option('--researcher <name>', 'who proposes')
        .choices(['search'])
        .default('search', 'search, built in'),
    )
    .option('--slots <n>', 'trials at a time (default: one a core)', parseCount)
    .option(
      '--trial <duration>',
      'a trial\'s budget instead of the program\'s, such as 20s or "20s cpu"',
      parseBudget,
    )
    .option('--new', 'open a new study even where the lab has one')
    .option('--detach', 'go on in the background; see attach, pause and stop')
    .addHelpText('after', HELP)
    .action(async (lab: string | undefined, options: RunOptions, command: Command) => {
      if (options.detach) return detach(lab);
      const colour = wantsColour(process.stdout, command);
      process.exitCode = await run(lab, options, { version, colour });
    });
}

const HELP = `
The first Ctrl-C finishes the trials in flight, the second stops them now. Either leaves a study that resumes.`;

async function run(
  named: string | undefined,
  options: RunOptions,
  { version, colour }: { version: string; colour: boolean },
): Promise<ExitCode> {
  const opened = await openLab({ named, ...(options.trial && { trial: options.trial }) });
  // Its git processes would keep this one alive after a fault; the session closes it too, and earlier.
  await using repository = opened.repository;
  for (const warning of opened.warnings) process.stderr.write(`warning: ${warning}\n`);
  const study = await open(opened, options);
  if (study === 'woken') return EXIT.fine;
  const session = createSession({
    study,
    repository,
    lab: opened.lab.folder,
    program: opened.program,
    researcher: createSearch(),
    limits: limitsOf(options),
    version,
    now: Date.now,
    ...(options.slots === undefined ? {} : { slots: options.slots }),
  });
  using shown = showSession(session, opened.lab.name, colour);
  using signals = listenForSignals(session, shown.hangUp);
  const ending = await session.run(research);
  shown.finish(sentenceOf(ending, study.folder));
  return exitCodeOf(ending, signals.interrupted());
}

async function open(
  { lab, repository, program }: OpenLab,
  { new: fresh, seed }: RunOptions,
): Promise<(StudyOpening & { kind: 'open' }) | 'woken'> {
  const study = await openStudy({
    lab: lab.folder,
    repository,
    program,
    fresh: fresh ?? false,
    ...(seed === undefined ? {} : { seed }),
    now: Date.now,
  });
  if (study.kind === 'open') return study;
  if (study.kind === 'refused') throw new Problem(study.message);
  const who = study.pid === undefined ? 'an engine' : `an engine (pid ${study.pid})`;
  if (readLive(study.folder)?.course === 'paused') {
    leaveWish(study.folder, 'resume');
    process.stdout.write(`${who} was paused on this study, and works again; "ratchet attach" shows it\n`);
    return 'woken';
  }
  throw new Problem(
    `${who} is at work on this study: "ratchet attach" shows it, "ratchet stop" ends it, --new opens another study`,
    EXIT.nothing,
  );
}

function limitsOf(options: RunOptions): StudyLimit[] {
  return [
    ...(options.experiments === undefined
      ? []
      : [{ kind: 'experiments', count: options.experiments } as const]),
    ...(options.for === undefined ? [] : [{ kind: 'time', seconds: options.for } as const]),
  ];
}

/** Why it ended, for the last lines on the terminal. */
function sentenceOf(ending: Ending, folder: StudyFolder): string {
  switch (ending.kind) {
    case 'asked':
      return 'stopped, as asked';
    case 'limit':
      return `the budget of the ${ending.whose} is used: ${limitText(ending.limit)}`;
    case 'exhausted':
      return 'the researcher has no further idea';
    case 'impasse':
      return [
        `the champion yields no measurement in trial ${ending.trial}: ${outcomeSentence(ending.outcome)}`,
        `  its output: ${outputOf(folder, ending.trial, ending.outcome)}`,
        '  mend the lab, then run --new',
      ].join('\n');
    case 'machine':
      return `the machine failed ${ending.faults} trials in a row: ${ending.reason}; mend that, then run again`;
    default:
      return ending satisfies never;
  }
}

/** The log of the stage that went wrong, as a path from here. */
function outputOf(folder: StudyFolder, trial: TrialId, outcome: Outcome): string {
  const { root, output } = trialFolder(folder, trial);
  const stage = 'stage' in outcome ? outcome.stage : 'run';
  return relative(process.cwd(), stage === 'run' ? output : join(root, `${stage}.log`));
}

function limitText(limit: StudyLimit): string {
  switch (limit.kind) {
    case 'time':
      return formatDuration(limit.seconds);
    case 'experiments':
      return `${limit.count} experiments`;
    case 'cost':
      return `$${limit.dollars}`;
    default:
      return limit satisfies never;
  }
}

function exitCodeOf(ending: Ending, interrupted: boolean): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (ending.kind === 'machine') return EXIT.fault;
  return ending.kind === 'impasse' ? EXIT.mistake : EXIT.fine;
}

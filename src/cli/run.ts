import process from 'node:process';
import { type Command, Option } from 'commander';
import { readLive } from '../engine/live.ts';
import { openStudy, type StudyOpening } from '../engine/open.ts';
import { leaveWish } from '../engine/request.ts';
import { research } from '../loop.ts';
import type { StudyLimit, TrialBudget } from '../model/limit.ts';
import { createSearch } from '../propose/search.ts';
import { createSession } from '../session.ts';
import { parseBudget, parseCount, parseSeed, parseTime } from './arguments.ts';
import { detach } from './detach.ts';
import { exitCodeOf, sentenceOf } from './ending-text.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
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

import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import type { Ending } from '../engine/ending.ts';
import { DEFAULT_JUDGE, JUDGE_NAMES, JUDGES, type JudgeName } from '../engine/judges.ts';
import { readLive } from '../engine/live.ts';
import { holdMemoryDown } from '../engine/memory.ts';
import { type OpenStudy, openStudy } from '../engine/open.ts';
import { leaveWish } from '../engine/request.ts';
import { research } from '../loop.ts';
import type { StudyLimit, TrialBudget } from '../model/limit.ts';
import { enforcementHere } from '../process/enforcement.ts';
import { USUAL_PATIENCE } from '../propose/agent/patience.ts';
import { removeLeftPlaces } from '../propose/agent/place.ts';
import { createSession, type Session } from '../session.ts';
import { openAgent } from './agents.ts';
import {
  crowdWarning,
  parseBudget,
  parseCost,
  parseCount,
  parsePort,
  parseSeed,
  parseSlots,
  parseTime,
} from './arguments.ts';
import { waitUntil } from './ask-engine.ts';
import { confinementWarning } from './confinement-text.ts';
import { detach } from './detach.ts';
import { exitCodeOf, isTrouble, sentenceOf } from './ending-text.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { leaveReport } from './leave-report.ts';
import { watchStudy } from './notify/watch.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { wantsColour } from './output.ts';
import { type PageOfRun, startPageOfRun } from './page/beside-run.ts';
import { explain, Problem } from './problem.ts';
import { choiceOf, withLab } from './read-study.ts';
import { openResearcher, parseResearcher, type ResearcherChoice } from './researchers.ts';
import { showSession } from './show-session.ts';
import { listenForSignals } from './signals.ts';
import { readUserSettings } from './user-settings.ts';

interface RunOptions {
  readonly lab?: string;
  readonly study?: string;
  readonly experiments?: number;
  readonly for?: number;
  readonly cost?: number;
  readonly tokens?: number;
  readonly proposals?: number;
  readonly seed?: number;
  readonly researcher: ResearcherChoice;
  readonly judge?: JudgeName;
  readonly slots?: number;
  readonly trial?: TrialBudget;
  readonly page: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly new?: true;
  readonly detach?: true;
  /** How `--detach` starts itself: nobody watches what it prints. */
  readonly detached?: true;
}

/** Lines about single experiments that a detached engine leaves in its log, of which nobody else keeps the size in mind. */
const DETACHED_LINES = 10_000;

export function registerRun(program: Command, version: string): void {
  withLab(program.command('run'))
    .description("start the lab's study, or resume it, and work until a limit or Ctrl-C")
    .addOption(
      new Option('--study <id>', "resume this one of the lab's studies (default: the newest)").conflicts(
        'new',
      ),
    )
    .option('--experiments <n>', 'stop after this many verdicts of this run', parseCount)
    .option('--for <duration>', 'stop after this time, such as 8h or 30m', parseTime)
    .option('--cost <dollars>', 'think no more once models were paid so much by this run', parseCost)
    .option('--tokens <n>', 'think no more once models used so many tokens in this run', parseCount)
    .option('--proposals <n>', 'think no more once models made so many proposals in this run', parseCount)
    .option('--seed <n>', 'seed of a new study (default: drawn by lot)', parseSeed)
    .addOption(
      new Option(
        '--researcher <name>',
        'who proposes: auto, search, a language model as model:PROVIDER/NAME, or a coding agent as agent:NAME',
      )
        .argParser(parseResearcher)
        .default(
          { kind: 'auto' },
          'auto: search, and the model or agent that your settings name, each as often as it pays',
        ),
    )
    .addOption(
      new Option('--judge <name>', `what turns evidence into verdicts (default: ${DEFAULT_JUDGE})`).choices(
        JUDGE_NAMES,
      ),
    )
    .option('--slots <n>', 'trials at a time (default: one a core)', parseSlots)
    .option(
      '--trial <duration>',
      'a trial\'s budget instead of the program\'s, such as 20s or "20s cpu"',
      parseBudget,
    )
    .option('--no-page', 'serve no page')
    .option('--port <n>', 'of the page (default: 7282, or another one where that is taken)', parsePort)
    .option(
      '--host <address>',
      'where others may see the page, such as 0.0.0.0 (default: this machine alone)',
    )
    .option('--new', 'open a new study even where the lab has one')
    .option('--detach', 'go on in the background; see attach, pause and stop')
    .addOption(new Option('--detached').hideHelp())
    .addHelpText('after', HELP)
    .action(async (lab: string | undefined, given: RunOptions, command: Command) => {
      const options = choiceOf(lab, given);
      if (options.detach) {
        // What the engine itself prints goes to its log.
        warnOfCrowd(options);
        return detach(options.lab);
      }
      const colour = wantsColour(process.stdout, command);
      process.exitCode = await run(options, { version, colour });
    });
}

const HELP = `
The first Ctrl-C finishes the trials in flight, the second stops them now. Either leaves a study that resumes.`;

async function run(
  options: RunOptions,
  { version, colour }: { version: string; colour: boolean },
): Promise<ExitCode> {
  holdMemoryDown();
  const opened = await openLab({ named: options.lab, ...(options.trial && { trial: options.trial }) });
  // Its git processes would keep this one alive after a fault; the session closes it too, and earlier.
  await using repository = opened.repository;
  for (const warning of opened.warnings) process.stderr.write(`warning: ${warning}\n`);
  const bounds = [...limitsOf(options), ...opened.program.limits];
  const enforcement = enforcementHere();
  await using held = new AsyncDisposableStack();
  const researcher = openResearcher(options.researcher, {
    needsPrice: bounds.some(({ kind }) => kind === 'cost'),
    openAgent: (agent, settings) =>
      held.use(openAgent(agent, settings, { opened, enforcement, patience: USUAL_PATIENCE })),
  });
  const { notify } = readUserSettings();
  const study = await open(opened, options);
  if (study === 'woken') return EXIT.fine;
  await removeLeftPlaces(opened.lab.folder);
  warnOfCrowd(options);
  const session = createSession({
    study,
    repository,
    lab: opened.lab.folder,
    program: opened.program,
    researcher,
    judge: JUDGES[options.judge ?? DEFAULT_JUDGE],
    enforcement,
    limits: limitsOf(options),
    version,
    now: Date.now,
    ...(options.slots === undefined ? {} : { slots: options.slots }),
  });
  const warning = confinementWarning(enforcement);
  for (const notice of [...(warning === undefined ? [] : [warning]), ...noticesOf(study, options)])
    session.engine.notices.add(notice);
  const lines = options.detached ? DETACHED_LINES : Number.POSITIVE_INFINITY;
  const page = pageOf(opened, study, options, { version, engine: session.engine });
  using shown = showSession(session, { lab: opened.lab.name, colour, lines, page: () => page?.address() });
  using signals = listenForSignals(session, shown.hangUp);
  const watch = watchStudy(notify, session.engine, opened.lab.folder);
  let ending: Ending;
  try {
    ending = await session.run(research).finally(() => page?.close());
  } catch (cause) {
    await watch.end('trouble', `it ended by a fault: ${explain(cause, false).text}`);
    throw cause;
  }
  const sentence = sentenceOf(ending, study.folder);
  shown.finish(sentence, reportFacts(session, opened));
  await watch.end(isTrouble(ending) ? 'trouble' : 'done', sentence);
  return exitCodeOf(ending, signals.interrupted());
}

/** Leaves the report of the study as it is now, and says where. It is no reason for a run to fail: a fault is a notice. */
function reportFacts({ engine }: Session, { lab, program }: OpenLab): [title: string, text: string][] {
  const { state } = engine.ledger;
  const about = { lab: lab.folder, now: state.lastEventAt };
  const left = leaveReport(engine.folder, state, program.limits, about);
  if (left.kind === 'left') return [['report', relative(process.cwd(), left.file)]];
  engine.notices.add(left.problem);
  return [];
}

/** A page that cannot be served is a notice, and never the end of a run. */
function pageOf(
  { lab }: OpenLab,
  { ledger }: OpenStudy,
  options: RunOptions,
  { version, engine: { notices, start } }: { readonly version: string; readonly engine: Session['engine'] },
): PageOfRun | undefined {
  const { page, host, port } = options;
  if (!page) return undefined;
  return startPageOfRun({
    lab,
    study: ledger.state.study.study,
    version,
    limits: limitsOf(options).map((limit) => onTop(limit, start)),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    onProblem: (sentence) => notices.add(sentence),
  });
}

/** A limit of this run as one of the whole study, by what that had used when the run began. */
function onTop(limit: StudyLimit, start: Session['engine']['start']): StudyLimit {
  switch (limit.kind) {
    case 'time':
      return { ...limit, seconds: limit.seconds + start.activeSeconds };
    case 'experiments':
      return { ...limit, count: limit.count + start.judged };
    case 'cost':
      return { ...limit, dollars: limit.dollars + start.spent.dollars };
    case 'tokens':
      return { ...limit, count: limit.count + start.spent.inputTokens + start.spent.outputTokens };
    case 'proposals':
      return { ...limit, count: limit.count + start.paidProposals };
    default:
      return limit satisfies never;
  }
}

function warnOfCrowd({ slots = 1 }: RunOptions): void {
  const crowd = crowdWarning(slots, availableParallelism());
  if (crowd !== undefined) process.stderr.write(`warning: ${crowd}\n`);
}

async function open(
  { lab, repository, program }: OpenLab,
  options: RunOptions,
): Promise<OpenStudy | 'woken'> {
  const { new: fresh, seed, study: wanted } = options;
  const study = await openStudy({
    lab: lab.folder,
    repository,
    program,
    fresh: fresh ?? false,
    ...(wanted === undefined ? {} : { study: wanted }),
    ...(seed === undefined ? {} : { seed }),
    now: Date.now,
  });
  if (study.kind === 'open') return study;
  if (study.kind === 'refused') throw new Problem(study.message);
  const who = study.pid === undefined ? 'an engine' : `an engine (pid ${study.pid})`;
  if (readLive(study.folder)?.course === 'paused') {
    leaveWish(study.folder, 'resume');
    await waitUntil(study.folder, () => readLive(study.folder)?.course !== 'paused');
    const text = `${who} was paused on this study, and works again${ignoredText(options)}; "ratchet attach" shows it`;
    process.stdout.write(`${text}\n`);
    return 'woken';
  }
  throw new Problem(
    `${who} is at work on this study: "ratchet attach" shows it, "ratchet stop" ends it, --new opens another study`,
    EXIT.nothing,
  );
}

const IGNORED = [
  'experiments',
  'for',
  'cost',
  'tokens',
  'proposals',
  'seed',
  'judge',
  'slots',
  'trial',
] as const satisfies readonly (keyof RunOptions)[];

/** What an engine was started with stays as it is when it is woken. */
function ignoredText(options: RunOptions): string {
  const names = IGNORED.filter((name) => options[name] !== undefined);
  if (names.length === 0) return '';
  return ` as it was started, without ${names.map((name) => `--${name}`).join(' and ')}`;
}

/** A seed belongs to a study from its beginning. */
function noticesOf({ origin, ledger }: OpenStudy, { seed }: RunOptions): string[] {
  const { study, seed: own } = ledger.state.study;
  if (origin === 'new' || seed === undefined || seed === own) return [];
  return [
    `--seed ${seed} has no effect: study ${study} goes on with its own seed, ${own}; --new opens another study`,
  ];
}

function limitsOf(options: RunOptions): StudyLimit[] {
  return [
    ...(options.experiments === undefined
      ? []
      : [{ kind: 'experiments', count: options.experiments } as const]),
    ...(options.for === undefined ? [] : [{ kind: 'time', seconds: options.for } as const]),
    ...(options.cost === undefined ? [] : [{ kind: 'cost', dollars: options.cost } as const]),
    ...(options.tokens === undefined ? [] : [{ kind: 'tokens', count: options.tokens } as const]),
    ...(options.proposals === undefined ? [] : [{ kind: 'proposals', count: options.proposals } as const]),
  ];
}

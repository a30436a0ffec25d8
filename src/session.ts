import { hostname } from 'node:os';
import process from 'node:process';
import { noticesOfDeath } from './engine/aftermath.ts';
import { createBell } from './engine/bell.ts';
import { SlotBoard } from './engine/board.ts';
import { noticesOfConditions } from './engine/conditions.ts';
import type { Course, Engine } from './engine/engine.ts';
import { Errands } from './engine/errands.ts';
import { digestOfProvided, hardwareClass, slotsFor } from './engine/hardware.ts';
import { type Housekeeping, keepHouse } from './engine/housekeeping.ts';
import { TrialsInFlight } from './engine/in-flight.ts';
import { nameOfJudge } from './engine/judges.ts';
import { removeLive } from './engine/live.ts';
import type { OpenStudy } from './engine/open.ts';
import { refsOf } from './engine/publish.ts';
import { recoverRefs, recoverTrials } from './engine/recover.ts';
import type { Wish } from './engine/request.ts';
import type { Repository } from './git/repository.ts';
import type { StudyEvent } from './model/event.ts';
import type { Judge } from './model/judge.ts';
import type { StudyLimit, TrialBudget } from './model/limit.ts';
import { paidProposals } from './model/paid-proposals.ts';
import type { Program } from './model/program.ts';
import type { Researcher } from './model/researcher.ts';
import { totalSpent } from './model/spending.ts';
import type { Conditions } from './model/trial.ts';
import { type Enforcement, enforcementHere } from './process/enforcement.ts';
import { createLedgerCopy } from './record/copy.ts';
import { placesOfProgram } from './run/doors.ts';
import { createLocalExecutor } from './run/local.ts';

export interface SessionOptions {
  readonly study: OpenStudy;
  readonly repository: Repository;
  /** The lab's absolute folder. */
  readonly lab: string;
  readonly program: Program;
  readonly researcher: Researcher;
  /** What turns evidence into verdicts; the ledger says which one it was. */
  readonly judge: Judge;
  /** Trials at a time. @default one a core, or as many as `resources.cpus` lets fit */
  readonly slots?: number;
  /** Bounds of this session; those of the whole study stand in the program. */
  readonly limits: readonly StudyLimit[];
  /** What holds trials. @default what this machine has */
  readonly enforcement?: Enforcement;
  /** Of the package, for the ledger. */
  readonly version: string;
  readonly now: () => number;
}

/** One engine at work on one study, from its start to its end. */
export interface Session {
  readonly engine: Engine;
  /** `stop` finishes the trials in flight, `stop-now` ends them; a stop is never taken back. */
  ask(wish: Wish): void;
  /**
   * Does its work, the loop as a rule, between the engine's start and its stop; then everything is closed, and the study
   * resumes at the next start.
   */
  run<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result>;
  /** The same engine, whose trials take place under another budget than the program's, as it was recorded for a replay. */
  under(budget: TrialBudget): Engine;
}

/** Sets up the engine for a study that is open for writing. `run` starts it. */
export function createSession(options: SessionOptions): Session {
  const { study, repository, lab, program, now } = options;
  const { ledger, folder } = study;
  const slots = options.slots ?? slotsFor(program.resources);
  const places = placesOfProgram(program, lab, repository.prefix);
  const enforcement = options.enforcement ?? enforcementHere();
  const conditions: Conditions = {
    hardware: hardwareClass(program.resources),
    budget: program.trial,
    fidelity: 1,
    company: 'alone',
    provided: digestOfProvided(places.provided.map(({ target }) => target)),
  };
  const executorUnder = (trial: TrialBudget) =>
    createLocalExecutor({
      repository,
      places,
      enforcement,
      folder,
      program: { ...program, trial },
      lab: repository.prefix,
      baseline: ledger.state.study.baseline,
      slots,
    });
  const bell = createBell();
  const abort = new AbortController();
  let course: Course = 'running';
  const engine: Engine = {
    program,
    folder,
    ledger,
    repository,
    executor: executorUnder(program.trial),
    enforcement,
    researcher: options.researcher,
    judge: options.judge,
    conditions,
    limits: options.limits,
    start: {
      judged: ledger.state.judged,
      activeSeconds: ledger.state.activeSeconds,
      spent: totalSpent(ledger.state.spending.values()),
      paidProposals: paidProposals(ledger.state),
    },
    board: new SlotBoard(slots),
    inFlight: new TrialsInFlight(),
    bell,
    errands: new Errands(bell),
    notices: new Set([
      ...study.notices,
      ...noticesOfDeath(ledger.state),
      ...noticesOfConditions(ledger.state, conditions),
    ]),
    abort: abort.signal,
    course: () => course,
    now,
  };

  function ask(wish: Wish): void {
    const before = course;
    course = afterWish(course, wish);
    if (course === before) return;
    if (course === 'stopping-now') abort.abort(new Error('asked to stop now'));
    if (course === 'paused')
      engine.errands.run(ledger.append([{ kind: 'study-pause' }]).then(() => undefined));
    if (before === 'paused')
      engine.errands.run(ledger.append([{ kind: 'study-resume' }]).then(() => undefined));
    bell.ring();
  }

  function under(budget: TrialBudget): Engine {
    return {
      ...engine,
      program: { ...program, trial: budget },
      conditions: { ...conditions, budget },
      executor: executorUnder(budget),
    };
  }

  return { engine, ask, run: (work) => runSession(engine, options, ask, work), under };
}

function afterWish(course: Course, wish: Wish): Course {
  switch (wish) {
    case 'pause':
      return course === 'running' ? 'paused' : course;
    case 'resume':
      return course === 'paused' ? 'running' : course;
    case 'stop':
      return course === 'stopping-now' ? course : 'stopping';
    case 'stop-now':
      return 'stopping-now';
    default:
      return wish satisfies never;
  }
}

async function runSession<Result>(
  engine: Engine,
  options: SessionOptions,
  hear: (wish: Wish) => void,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { ledger, repository } = engine;
  const copy = createLedgerCopy({ chain: repository, ref: refsOf(ledger.state.study.study).ledger });
  let house: Housekeeping | undefined;
  let ended: Ended<Result>;
  let hasStarted = false;
  try {
    await recoverRefs(engine, copy);
    await ledger.append([startOf(engine, options.version)]);
    hasStarted = true;
    house = keepHouse(engine, copy, hear);
    await recoverTrials(engine);
    const result = await work(engine);
    // Nobody waits any more for what is still being thought ahead.
    hear('stop-now');
    await engine.errands.settled();
    await ledger.append([{ kind: 'engine-stop', reason: 'its work was done' }]);
    ended = { kind: 'done', result };
  } catch (cause) {
    await stopAfterFault(engine, hear, hasStarted);
    ended = { kind: 'fault', cause };
  }
  const faults = await attemptEach([
    () => house?.finish(),
    () => engine.executor.close(),
    () => removeLive(engine.folder),
    () => ledger.close(),
    () => options.study.lock.release(),
    () => repository.close(),
  ]);
  // The first fault is the one to be told: others often follow from it.
  if (ended.kind === 'fault') throw ended.cause;
  if (faults.length > 0) throw faults[0];
  return ended.result;
}

type Ended<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'fault'; readonly cause: unknown };

/** Takes every step, whatever becomes of those before it, and returns what they threw. */
async function attemptEach(steps: readonly (() => unknown)[]): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (cause) {
      faults.push(cause);
    }
  }
  return faults;
}

function startOf({ executor, conditions, program, judge, enforcement }: Engine, version: string): StudyEvent {
  const name = nameOfJudge(judge);
  return {
    kind: 'engine-start',
    version,
    node: process.version,
    pid: process.pid,
    host: hostname(),
    slots: executor.slots,
    hardware: conditions.hardware,
    program: program.digest,
    ...(name === undefined ? {} : { judge: name }),
    confinement: {
      sandbox: enforcement.sandbox.kind,
      limits:
        enforcement.groups.kind === 'found' ? `cgroup v${enforcement.groups.groups.version}` : 'sampled',
    },
  };
}

/** Ends the trials in flight, and says in the ledger why, where it can still be written. */
async function stopAfterFault(
  { errands, ledger }: Engine,
  hear: (wish: Wish) => void,
  hasStarted: boolean,
): Promise<void> {
  hear('stop-now');
  await errands.settled();
  // One that never started must not end the one that died before it: what passed since is nobody's time.
  if (!hasStarted) return;
  // The fault that led here may be the ledger's own: it is the one to be told.
  await ledger.append([{ kind: 'engine-stop', reason: 'a fault of the machine' }]).catch(() => undefined);
}

/**
 * What the engine itself costs: `npm run bench:overhead -- [--experiments 2000]
 * [--researcher counting|search] [--judge posterior|greedy] [--sandbox here|none|compare] [--json]`.
 *
 * A repository of 100 files and a trial that does nothing but print a number, one slot, every fsync counted. Wall and CPU
 * time an experiment (the engine, git, and the shell that runs the trial), early and late in one study, and the
 * engine's own memory at its highest. From 1,000 experiments on it is a soak: live heap, open files, refs, slots and CPU time
 * are held to the bounds in `overhead/soak.ts`, and what grows past them fails the command. The researcher writes the next
 * number, which costs nothing, or is the built-in search, with hundreds of numbers to move. Trials are held by what this machine
 * has, or by nothing; `compare` plays studies with and without in turns, two of each, and says what an experiment costs more.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DEFAULT_JUDGE, JUDGE_NAMES, JUDGES, type JudgeName } from '../src/engine/judges.ts';
import { holdMemoryDown } from '../src/engine/memory.ts';
import { openStudy } from '../src/engine/open.ts';
import { openRepository } from '../src/git/open-repository.ts';
import { readProgramFile } from '../src/lab/program.ts';
import { research } from '../src/loop.ts';
import type { Researcher } from '../src/model/researcher.ts';
import { type Enforcement, enforcementHere } from '../src/process/enforcement.ts';
import { createSearch } from '../src/propose/search.ts';
import { createSession } from '../src/session.ts';
import { counting, makeLab } from './overhead/lab.ts';
import {
  bytesAnExperiment,
  type EarlyLate,
  type Growth,
  liveHeap,
  SOAK_FROM,
  whatGrows,
} from './overhead/soak.ts';

const { values: options } = parseArgs({
  options: {
    experiments: { type: 'string', default: '2000' },
    researcher: { type: 'string', default: 'counting' },
    judge: { type: 'string', default: DEFAULT_JUDGE },
    sandbox: { type: 'string', default: 'here' },
    json: { type: 'boolean', default: false },
  },
});
const experiments = Number(options.experiments);
/** Experiments in the early and the late window that are compared. */
const WINDOW = Math.min(100, Math.floor(experiments / 4));
const FIRST = 10;
/** When the live heap of a soak is looked at: after the engine has warmed up, and at the end. */
const HEAP_EARLY = Math.floor(experiments / 5);
const isSoak = experiments >= SOAK_FROM;
/** Verdicts that are looked at; the bench must not be what grows. */
const MARKED = new Set([FIRST, FIRST + WINDOW, HEAP_EARLY, experiments - WINDOW, experiments]);

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** The clocks at a verdict, in seconds, and what the engine held then. */
interface Mark extends Cost {
  readonly descriptors: number;
  /** Bytes; at `HEAP_EARLY` and at the end of a soak. */
  readonly liveHeap?: number;
}

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds of this process, of its ended children, and of the git processes that it holds open. */
function cpuSeconds(): number {
  const own = process.cpuUsage();
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (!fields) continue;
    const [, parent] = fields;
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
    if (Number(pid) === process.pid) ticks += childUser + childSystem;
    else if (Number(parent) === process.pid) ticks += user + system + childUser + childSystem;
  }
  return (own.user + own.system) / 1e6 + ticks / TICKS;
}

/** Fields of /proc/PID/stat from the third on. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function judgeNamed(name: string): JudgeName {
  const found = JUDGE_NAMES.find((known) => known === name);
  if (found === undefined) throw new Error(`no judge ${name} here: ${JUDGE_NAMES.join(' or ')}`);
  return found;
}

function researcherOf(name: string): Researcher {
  if (name === 'search') return createSearch();
  if (name === 'counting') return counting;
  throw new Error(`no researcher ${name} here: counting or search`);
}

interface Played {
  /** By the number of verdicts. */
  readonly marks: ReadonlyMap<number, Mark>;
  /** Refs that the study has made, and folders that its slots left, at its end. */
  readonly refs: number;
  readonly slots: number;
  /** The engine's own at its highest, in bytes. */
  readonly memory: number;
}

async function play(enforcement: Enforcement): Promise<Played> {
  const folder = makeLab();
  const marks = new Map<number, Mark>();
  // Collecting takes a second that is no experiment's.
  let collecting: Cost = { wall: 0, cpu: 0 };
  let memory = 0;
  let refs = 0;
  let slots = 0;
  try {
    const opened = await openRepository(folder);
    const reading = await readProgramFile(folder);
    if (opened.kind !== 'open' || reading.kind !== 'program')
      throw new Error('the lab of the bench is broken');
    const { repository } = opened;
    const { program } = reading;
    const study = await openStudy({ lab: folder, repository, program, fresh: true, seed: 1, now: Date.now });
    if (study.kind !== 'open') throw new Error('the study of the bench cannot be opened');
    const session = createSession({
      study,
      repository,
      lab: folder,
      program,
      researcher: researcherOf(options.researcher),
      judge: JUDGES[judgeNamed(options.judge)],
      enforcement,
      slots: 1,
      limits: [{ kind: 'experiments', count: experiments }],
      version: 'bench',
      now: Date.now,
    });
    await session.run((engine) => {
      const judged = engine.judge;
      const watched = {
        ...engine,
        judge: ((state, free, context) => {
          memory = Math.max(memory, process.memoryUsage().rss);
          if (MARKED.has(state.judged) && !marks.has(state.judged)) {
            const now = clocks();
            const at = { wall: now.wall - collecting.wall, cpu: now.cpu - collecting.cpu };
            const looksAtHeap = isSoak && [HEAP_EARLY, experiments].includes(state.judged);
            const descriptors = readdirSync('/proc/self/fd').length;
            marks.set(state.judged, { ...at, descriptors, ...(looksAtHeap && { liveHeap: liveHeap() }) });
            const after = clocks();
            collecting = { wall: after.wall - at.wall, cpu: after.cpu - at.cpu };
          }
          return judged(state, free, context);
        }) satisfies typeof judged,
      };
      return research(watched);
    });
    const listed = execFileSync('git', ['for-each-ref', '--format=%(refname)'], {
      cwd: folder,
      encoding: 'utf8',
    });
    refs = listed.split('\n').filter((name) => name.includes('ratchet/')).length;
    const left = join(folder, '.ratchet', readdirSync(join(folder, '.ratchet')).sort().at(-1)!, 'slots');
    slots = existsSync(left) ? readdirSync(left).length : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { marks, refs, slots, memory };
}

const clocks = (): Cost => ({ wall: performance.now() / 1000, cpu: cpuSeconds() });

const machine = () => `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;

// As `ratchet run` does.
holdMemoryDown();
const here = enforcementHere();
const without: Enforcement = {
  sandbox: { kind: 'none', reason: 'asked for' },
  groups: { kind: 'none', reason: 'asked for' },
  countsProcesses: false,
  deathSignal: [],
};
switch (options.sandbox) {
  case 'here':
    report(await play(here));
    break;
  case 'none':
    report(await play(without));
    break;
  case 'compare':
    await compare();
    break;
  default:
    throw new Error(`--sandbox ${options.sandbox} is none of here, none, compare`);
}

async function compare(): Promise<void> {
  const costs: Record<'with' | 'without', Cost[]> = { with: [], without: [] };
  for (let round = 0; round < 2; round++) {
    costs.without.push(costBetween(await play(without), FIRST, experiments));
    costs.with.push(costBetween(await play(here), FIRST, experiments));
  }
  const mean = (name: 'with' | 'without', part: keyof Cost) =>
    costs[name].reduce((sum, cost) => sum + cost[part], 0) / costs[name].length;
  const costMore = {
    wallMilliseconds: mean('with', 'wall') - mean('without', 'wall'),
    cpuMilliseconds: mean('with', 'cpu') - mean('without', 'cpu'),
  };
  if (options.json) {
    console.log(
      JSON.stringify({ experiments, machine: machine(), sandbox: here.sandbox.kind, costs, costMore }),
    );
    return;
  }
  const row = (name: 'with' | 'without') =>
    `${`${name} ${here.sandbox.kind}`.padEnd(28)} ${mean(name, 'wall').toFixed(1).padStart(10)} ${mean(name, 'cpu').toFixed(1).padStart(10)}`;
  console.log(
    [
      `twice ${experiments} experiments of an empty trial with and without, in turns; ${machine()}`,
      `${''.padEnd(28)} ${'wall (ms)'.padStart(10)} ${'CPU (ms)'.padStart(10)}   an experiment`,
      row('without'),
      row('with'),
      `the sandbox and its limits cost ${costMore.wallMilliseconds.toFixed(1)} ms, ${costMore.cpuMilliseconds.toFixed(1)} ms of CPU, a trial`,
    ].join('\n'),
  );
}

function report(played: Played): void {
  const early = costBetween(played, FIRST, FIRST + WINDOW);
  const late = costBetween(played, experiments - WINDOW, experiments);
  const whole = costBetween(played, FIRST, experiments);
  const growth = isSoak ? growthOf(played, early, late) : undefined;
  const grown = growth ? whatGrows(growth) : [];
  if (grown.length > 0) process.exitCode = 1;
  const result = {
    experiments,
    researcher: options.researcher,
    sandbox: options.sandbox === 'here' ? here.sandbox.kind : 'none',
    machine: machine(),
    wallMilliseconds: { early: early.wall, late: late.wall, all: whole.wall },
    cpuMilliseconds: { early: early.cpu, late: late.cpu, all: whole.cpu },
    peakMemoryMiB: played.memory / 2 ** 20,
    descriptors: descriptorsOf(played),
    refsAnExperiment: played.refs / experiments,
    slotsLeft: played.slots,
    ...(growth && { liveHeap: growth.liveHeap, bytesAnExperiment: bytesAnExperiment(growth), grown }),
  };
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const row = (name: string, cost: Cost) =>
    `${name.padEnd(28)} ${cost.wall.toFixed(1).padStart(10)} ${cost.cpu.toFixed(1).padStart(10)}`;
  console.log(
    [
      `${experiments} experiments of an empty trial, proposed by ${options.researcher}, 100 files, one slot, sandbox ${result.sandbox}; ${machine()}`,
      `${''.padEnd(28)} ${'wall (ms)'.padStart(10)} ${'CPU (ms)'.padStart(10)}   an experiment`,
      row(`experiments ${FIRST} to ${FIRST + WINDOW}`, early),
      row(`experiments ${experiments - WINDOW} to ${experiments}`, late),
      row('all', whole),
      `late / early: ${(late.wall / early.wall).toFixed(2)} wall, ${(late.cpu / early.cpu).toFixed(2)} CPU`,
      `peak memory of the engine: ${result.peakMemoryMiB.toFixed(0)} MiB; open files: ${result.descriptors.early} early, ${result.descriptors.late} late; ` +
        `${result.refsAnExperiment.toFixed(2)} refs an experiment; ${result.slotsLeft} slots left behind`,
      ...(growth ? [heapLine(growth), ...grown.map((what) => `GROWS: ${what}`)] : []),
    ].join('\n'),
  );
}

function descriptorsOf({ marks }: Played): EarlyLate {
  return { early: marks.get(FIRST + WINDOW)!.descriptors, late: marks.get(experiments)!.descriptors };
}

function growthOf(played: Played, early: Cost, late: Cost): Growth {
  const heapAt = (verdicts: number) => played.marks.get(verdicts)!.liveHeap!;
  return {
    experiments: experiments - HEAP_EARLY,
    liveHeap: { early: heapAt(HEAP_EARLY), late: heapAt(experiments) },
    descriptors: descriptorsOf(played),
    cpu: { early: early.cpu, late: late.cpu },
    refsAnExperiment: played.refs / experiments,
    slotsLeft: played.slots,
  };
}

function heapLine(growth: Growth): string {
  const { early, late } = growth.liveHeap;
  return (
    `live heap: ${(early / 2 ** 20).toFixed(1)} MiB after ${HEAP_EARLY} experiments, ${(late / 2 ** 20).toFixed(1)} after ${experiments} ` +
    `(${(late / early).toFixed(2)}): ${bytesAnExperiment(growth).toFixed(0)} bytes an experiment`
  );
}

/** Milliseconds an experiment between two verdicts. */
function costBetween({ marks }: Played, from: number, to: number): Cost {
  const a = marks.get(from);
  const b = marks.get(to);
  if (!a || !b) throw new Error(`no mark at verdict ${from} or ${to}`);
  return { wall: ((b.wall - a.wall) / (to - from)) * 1000, cpu: ((b.cpu - a.cpu) / (to - from)) * 1000 };
}

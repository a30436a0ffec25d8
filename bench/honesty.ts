/**
 * Whether a kept change means something, on real trials of `labs/gpt`:
 * `npm run bench:honesty -- noops|planted|hours [--folder DIR] [--judge posterior|greedy] [--trial "5s cpu"] [--slots 2]
 * [--experiments N] [--trials N] [--minutes M] [--seeds N] [--show] [--json]`.
 *
 * - `noops`: an A/A study. Every proposal changes nothing but rounding; whatever is kept is luck. `--experiments` verdicts (300).
 * - `planted`: ten real improvements and ten harms among 200 changes that do nothing, for `--trials` trials (400) by each judge;
 *   when all are judged, what is not in the champion is proposed again. Then the champions are measured on fresh seeds.
 * - `hours`: the built-in researcher for `--minutes` (60) by each judge, `20s cpu` a trial; then both champions and the baseline
 *   are measured on `--seeds` (20) fresh seeds, and with twice as many layers on two fifths as many.
 *
 * Without `--judge` both judges have their turn. A call with the same `--folder` goes on where the last one stopped, and prints
 * what there is by then; `--show` only prints. Where `--minutes` is not the length of the studies it bounds each of this call.
 * Ctrl-C lets the running trials end. Progress goes to standard error.
 */
import { mkdtempSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { JUDGE_NAMES, type JudgeName } from '../src/engine/judges.ts';
import { holdMemoryDown } from '../src/engine/memory.ts';
import { parseTrialBudget } from '../src/lab/units.ts';
import type { TrialBudget } from '../src/model/limit.ts';
import { createSearch } from '../src/propose/search.ts';
import { applyEdit, type Edit } from './honesty/edit.ts';
import { trainOf } from './honesty/lab-copy.ts';
import { NO_OPS } from './honesty/no-ops.ts';
import { type Outcome, outcomeOf } from './honesty/outcome.ts';
import { hiddenEdits, shuffled } from './honesty/planted.ts';
import { type Contender, type Remeasurement, remeasure, scoresOf } from './honesty/remeasure.ts';
import { scriptedResearcher } from './honesty/script.ts';
import { findStudy, type StudyPlan, workOn } from './honesty/study.ts';
import { noOpLines, plantedLines, scoreLines } from './honesty/table.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string' },
    judge: { type: 'string' },
    trial: { type: 'string' },
    slots: { type: 'string', default: '2' },
    experiments: { type: 'string', default: '300' },
    trials: { type: 'string', default: '400' },
    minutes: { type: 'string' },
    seeds: { type: 'string', default: '20' },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const MODES = ['noops', 'planted', 'hours'] as const;
type Mode = (typeof MODES)[number];

/** As often as it takes: the goal of a planted study is its trials. */
const ROUNDS = 1000;
const NO_OP_ORDER = 2027;
const HOUR = 60;
const DEEP_SHARE = 0.4;

const mode = MODES.find((name) => name === positionals[0]);
if (mode === undefined || positionals.length > 1) throw new Error(`say which study: ${MODES.join(', ')}`);
const folder = join(resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'ratchet-honesty-'))), mode);
const judges = judgesAskedFor(options.judge);
const trial = trialAskedFor(options.trial ?? (mode === 'hours' ? '20s cpu' : '5s cpu'));
const slots = countAskedFor('slots', options.slots);
const seeds = countAskedFor('seeds', options.seeds);
const seconds = options.minutes === undefined ? undefined : 60 * Number(options.minutes);
if (seconds !== undefined && !(seconds > 0)) throw new Error('--minutes takes a number above 0');

function judgesAskedFor(name: string | undefined): readonly JudgeName[] {
  if (name === undefined) return JUDGE_NAMES;
  const judge = JUDGE_NAMES.find((known) => known === name);
  if (judge === undefined) throw new Error(`--judge ${name} is none of ${JUDGE_NAMES.join(', ')}`);
  return [judge];
}

function trialAskedFor(text: string): TrialBudget {
  const quantity = parseTrialBudget(text);
  if (quantity.kind === 'problem') throw new Error(`--trial: ${quantity.problem}; ${quantity.mend}`);
  return quantity.value;
}

function countAskedFor(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${option} takes a whole number from 1`);
  return Number(text);
}

const studyFolderOf = (judge: JudgeName) => join(folder, judge);

function planOf(name: Mode, judge: JudgeName): StudyPlan {
  const common = { folder: studyFolderOf(judge), judge, trial, slots, seconds };
  switch (name) {
    case 'noops': {
      const count = countAskedFor('experiments', options.experiments);
      const researcher = scriptedResearcher(shuffled(NO_OPS, NO_OP_ORDER).slice(0, count), 1);
      return { ...common, layout: 'settings apart', researcher, goal: { kind: 'verdicts', count } };
    }
    case 'planted': {
      const count = countAskedFor('trials', options.trials);
      const researcher = scriptedResearcher(hiddenEdits(), ROUNDS);
      return { ...common, layout: 'settings apart', researcher, goal: { kind: 'trials', count } };
    }
    case 'hours': {
      const goal = { kind: 'time', seconds: seconds ?? 60 * HOUR } as const;
      return { ...common, layout: 'as it is', researcher: createSearch(), goal, seconds: undefined };
    }
    default:
      return name satisfies never;
  }
}

async function work(name: Mode): Promise<void> {
  for (const judge of judges) {
    if ((await workOn(planOf(name, judge))) === 'interrupted') return;
  }
  for (const plan of remeasurementsOf(name)) {
    if ((await remeasure(plan)) === 'interrupted') return;
  }
}

/** The baseline, and the champion of each judge that has one by now. */
function contenders(): Contender[] {
  const found = JUDGE_NAMES.flatMap((judge) => {
    const study = findStudy(studyFolderOf(judge));
    return study ? [{ judge, ...study }] : [];
  });
  const [first] = found;
  if (first === undefined) return [];
  const champions = found.map(({ judge, lab, state }) => {
    const commit = [...state.champions.values()].at(-1)?.commit ?? state.study.baseline;
    return { name: judge, source: trainOf(lab, commit) };
  });
  return [{ name: 'baseline', source: trainOf(first.lab, first.state.study.baseline) }, ...champions];
}

const TWICE_AS_DEEP: Pick<Edit, 'pieces'> = {
  pieces: [{ kind: 'rewrite', start: 'const layers = ', end: ';', text: (old) => `2 * (${old})` }],
};

/** What is measured on fresh seeds: everything as it is, and, of the hours, with twice as many layers. */
function remeasurementsOf(name: Mode): Remeasurement[] {
  if (name === 'noops') return [];
  const file = join(folder, 'fresh-seeds.jsonl');
  const plain = { file, contenders: contenders(), seeds, budget: trial.seconds, slots };
  if (name === 'planted') return [plain];
  const deeper = plain.contenders.flatMap(({ name: contender, source }) => {
    const deep = applyEdit(source, TWICE_AS_DEEP);
    return deep === undefined ? [] : [{ name: contender, source: deep }];
  });
  return [plain, { ...plain, contenders: deeper, seeds: Math.ceil(DEEP_SHARE * seeds) }];
}

/** What the judges made of the edits of a mode, as far as their studies are. */
function outcomes(edits: readonly Edit[]): Outcome[] {
  return JUDGE_NAMES.flatMap((judge) => {
    const study = findStudy(studyFolderOf(judge));
    return study ? [outcomeOf(judge, study.state, edits)] : [];
  });
}

interface Report {
  readonly lines: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

function reportOf(name: Mode): Report {
  switch (name) {
    case 'noops': {
      const found = outcomes(NO_OPS);
      return { lines: noOpLines(found), data: { outcomes: found } };
    }
    case 'planted': {
      const found = outcomes(hiddenEdits());
      const [scores = new Map()] = remeasurementsOf(name).map(scoresOf);
      const lines = plantedLines(found, scores);
      return { lines, data: { outcomes: found, freshSeeds: Object.fromEntries(scores) } };
    }
    case 'hours': {
      const [scores = new Map(), deep = new Map()] = remeasurementsOf(name).map(scoresOf);
      const lines = [
        ...studyLines(),
        '',
        ...scoreLines(scores),
        '',
        'with twice as many layers:',
        ...scoreLines(deep),
      ];
      const data = { freshSeeds: Object.fromEntries(scores), twiceAsDeep: Object.fromEntries(deep) };
      return { lines, data };
    }
    default:
      return name satisfies never;
  }
}

/** Of the studies whose edits nobody planted. */
function studyLines(): string[] {
  return JUDGE_NAMES.flatMap((judge) => {
    const study = findStudy(studyFolderOf(judge));
    if (study === undefined) return [];
    const { state } = study;
    const kept = [...state.experiments.values()].filter(
      (experiment) => experiment.status === 'judged' && experiment.verdict.kind === 'keep',
    ).length;
    const standing = [...state.champions.values()].at(-1)?.stack.length ?? 0;
    const hours = (state.activeSeconds / 3600).toFixed(2);
    return [
      `${judge}: ${hours} h, ${state.ended.size} trials, ${state.judged} verdicts, ${kept} keeps, ${state.withdrawn.size} withdrawn, ` +
        `${standing} in the champion, ${state.certificates.length} certificates`,
    ];
  });
}

holdMemoryDown();
console.error(`--folder ${resolve(folder, '..')}`);
if (!options.show) await work(mode);
const { lines, data } = reportOf(mode);
const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;
if (options.json) console.log(JSON.stringify({ mode, machine, trial, slots, ...data }));
else
  console.log(
    [`${mode}: ${trial.seconds} s of ${trial.clock} time a trial, ${slots} slots; ${machine}`, ...lines].join(
      '\n',
    ),
  );

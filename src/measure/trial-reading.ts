import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { LineSource, Ran } from '../model/executor.ts';
import { exceededText, isTime } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import {
  CHECKPOINTS,
  type CurvePoint,
  engineMetric,
  type Measurement,
  type Outcome,
  type Stage,
  type Usage,
} from '../model/trial.ts';
import { MetricReader } from './metric-reader.ts';
import { parseRefusal } from './refusal.ts';

/** How far a trial goes on, as a share of its budget, before its curve is written again for those who watch it. */
const SHOWN_STEP = 0.04;

/** Characters of a command's last words in a reason. */
const LAST_WORDS = 300;

/**
 * Reads the score of one trial out of its lines. The engine reads, never the candidate: what the run itself prints
 * counts as the score only where the program has no `evaluate`, and is then marked as candidate-reported.
 */
export interface TrialReading extends Disposable {
  /** True where the trial has just passed a checkpoint. */
  line(stage: Stage, source: LineSource, text: string): boolean;
  /** How far the trial is, 0 to 1: what the lab reported, else the share of the budget that is used. */
  share(usage: Usage): number;
  /** The objective's value, once it has been told, while nothing speaks against it yet. */
  measured(): number | undefined;
  outcome(ran: Ran): Outcome;
  /** The first point of the run's curve at or after each checkpoint that it has passed, each once. */
  checkpoints(): readonly CurvePoint[];
  /** The same and the last point. The whole curve is in its file when the reading is disposed, and most of it before. */
  curve(): readonly CurvePoint[];
}

export function openTrialReading(program: Program, curveFile: string): TrialReading {
  const objective = program.objective.name;
  const readers = { run: new MetricReader(objective), evaluate: new MetricReader(objective) };
  const scored = program.scoring.kind === 'evaluated' ? readers.evaluate : readers.run;
  const source: Measurement['source'] =
    program.scoring.kind === 'evaluated' ? 'evaluated' : 'candidate-reported';
  const passed: CurvePoint[] = [];
  let last: CurvePoint | undefined;
  let progress = 0;
  let refusal: string | undefined;
  let shown = 0;

  function writeCurve(): void {
    const { curve } = readers.run;
    if (curve.length === 0) return;
    mkdirSync(dirname(curveFile), { recursive: true });
    writeFileSync(curveFile, curve.map((point) => `${JSON.stringify(point)}\n`).join(''));
  }

  /** With whatever exit code, and whatever was scored; but what the budget or the machine ended, they ended. */
  function refused({ ending }: Ran): Outcome | undefined {
    if (refusal === undefined || (ending.kind !== 'exited' && ending.kind !== 'signalled')) return undefined;
    return { kind: 'invalid', reason: `the evaluation refused it: ${refusal}` };
  }

  function completed({ stage, usage }: Ran): Outcome {
    const { reading } = scored;
    if (reading.kind === 'missing') return { kind: 'invalid', reason: `no ${objective} was printed` };
    if (reading.kind === 'invalid') return reading;
    const steps = readers.run.steps ?? readers.evaluate.steps;
    const { value } = reading;
    const told = Object.entries(reading.others).filter(([name]) => engineMetric(usage, name) === undefined);
    const others = Object.fromEntries(told);
    return {
      kind: 'completed',
      measurement: { value, source },
      others,
      ...(steps === undefined ? {} : { steps }),
      ...(stage === 'checks' ? { checks: 'passed' as const } : {}),
    };
  }

  return {
    line(stage, from, text) {
      if (stage === 'checks') return false;
      if (stage === 'evaluate' && from === 'metrics') refusal ??= parseRefusal(text);
      const point = readers[stage].line(from, text);
      if (point) progress = point.progress;
      if (!point || stage !== 'run') return false;
      // One point may pass several at once.
      const furthest = passed.at(-1)?.progress ?? 0;
      const passes = CHECKPOINTS.some((checkpoint) => furthest < checkpoint && checkpoint <= point.progress);
      if (passes) passed.push(point);
      last = point;
      if (point.progress - shown >= SHOWN_STEP) {
        shown = point.progress;
        writeCurve();
      }
      return passes;
    },
    share(usage) {
      const { clock, seconds } = program.trial;
      const used = (clock === 'cpu' ? usage.cpuSeconds : usage.wallSeconds) / seconds;
      return Math.min(1, Math.max(progress, used));
    },
    measured() {
      const { reading } = scored;
      return reading.kind === 'measured' && refusal === undefined ? reading.value : undefined;
    },
    outcome: (ran) => refused(ran) ?? failureOf(ran) ?? completed(ran),
    checkpoints: () => passed,
    curve: () => (last === undefined || last === passed.at(-1) ? [...passed] : [...passed, last]),
    [Symbol.dispose]: writeCurve,
  };
}

/** What kept a trial from a measurement, by the first cause; undefined when all its stages exited with 0. */
function failureOf({ stage, ending, tail }: Ran): Outcome | undefined {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? undefined : failedExit(stage, `exit code ${ending.code}`, tail);
    case 'signalled':
      return failedExit(stage, `killed by ${ending.signal}`, tail);
    case 'limit':
      return isTime(ending.exceeded)
        ? { kind: 'timeout', stage, exceeded: ending.exceeded }
        : { kind: 'crash', stage, how: exceededText(ending.exceeded) };
    case 'cancelled':
      return { kind: 'cancelled', reason: 'the engine was asked to stop' };
    case 'refused':
      return { kind: 'invalid', reason: shorten(ending.reason, BOUNDS.reason) };
    case 'fault':
      return { kind: 'fault', reason: shorten(ending.reason, BOUNDS.reason) };
    default:
      return ending satisfies never;
  }
}

function failedExit(stage: Stage, how: string, tail: string): Outcome {
  const words = lastWords(tail);
  const said = words === '' ? how : `${how}: ${words}`;
  switch (stage) {
    case 'run':
      return { kind: 'crash', stage, how: said };
    case 'evaluate':
      return { kind: 'invalid', reason: `the evaluation refused it, ${said}` };
    case 'checks':
      return { kind: 'invalid', reason: `the checks failed, ${said}` };
    default:
      return stage satisfies never;
  }
}

/** The line that most likely says why: the last one that names an error, else the last one. */
function lastWords(tail: string): string {
  const lines = tail
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at .*|Node\.js v[\d.]+)$/.test(line));
  const line = lines.findLast((text) => /error|exception/i.test(text)) ?? lines.at(-1) ?? '';
  return line.slice(0, LAST_WORDS);
}

import { BOUNDS } from '../model/bound.ts';
import type { LineSource } from '../model/executor.ts';
import type { CurvePoint } from '../model/trial.ts';
import { Channel, type Told } from './channel.ts';
import { Curve } from './curve.ts';
import { parseMetricLine, parsePrintedLine } from './metric-line.ts';

/** Names under which a lab tells how many steps it ran: ours, and that of karpathy/autoresearch. */
const STEP_NAMES = ['steps', 'num_steps'];

/** What a lab told of its objective. Only `measured` holds a number. */
export type Reading =
  | {
      readonly kind: 'measured';
      readonly value: number;
      /** Other metrics that were told once, at most 64; one told differently in both places is left out. */
      readonly others: Readonly<Record<string, number>>;
      readonly steps?: number;
      /** Where the value was told; 'metrics' when in both. */
      readonly source: LineSource;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads the objective, the other metrics and the curve of one trial out of its lines. Holds a bounded amount, whatever comes. */
export class MetricReader {
  readonly #objective: string;
  readonly #file: Channel;
  readonly #output: Channel;
  readonly #curve = new Curve();
  #malformed: string | undefined;

  /** @param objective the metric's name. */
  constructor(objective: string) {
    this.#objective = objective;
    this.#file = new Channel(objective, 'in the metrics file');
    this.#output = new Channel(objective, 'on standard output');
  }

  /** Takes one line; gives the point of the curve that it holds, if it is one. */
  line(source: LineSource, text: string): CurvePoint | undefined {
    if (source === 'output') {
      const printed = parsePrintedLine(text);
      if (printed !== undefined) this.#output.tell(printed.name, printed.written);
      return undefined;
    }
    const line = parseMetricLine(text);
    switch (line.kind) {
      case 'blank':
        return undefined;
      case 'malformed':
        this.#malformed ??= `in the metrics file, ${line.reason}`;
        return undefined;
      case 'final':
        for (const [name, written] of line.values) this.#file.tell(name, written);
        return undefined;
      case 'progress':
        this.#curve.add(line.point);
        return line.point;
      default:
        return line satisfies never;
    }
  }

  /** At most 256 points, in the order in which they came. */
  get curve(): CurvePoint[] {
    return this.#curve.points();
  }

  /** What the lines so far amount to; final once the trial has completed and all of them are in. */
  get reading(): Reading {
    if (this.#malformed !== undefined) return { kind: 'invalid', reason: this.#malformed };
    const file = this.#file.objective;
    const output = this.#output.objective;
    if (file.kind === 'invalid') return file;
    if (output.kind === 'invalid') return output;
    if (file.kind === 'told' && output.kind === 'told' && !agree(file, output)) {
      const values = `${file.value} in the metrics file and ${output.value} on standard output`;
      return { kind: 'invalid', reason: `${this.#objective} is ${values}` };
    }
    if (file.kind === 'told') return this.#measured(file.value, 'metrics');
    return output.kind === 'told' ? this.#measured(output.value, 'output') : output;
  }

  /** Metrics besides the objective, whether or not that was told; at most 64. */
  get others(): Record<string, number> {
    return Object.fromEntries([...this.#allOthers()].slice(0, BOUNDS.metrics));
  }

  /** How many steps the lab says it ran. */
  get steps(): number | undefined {
    const all = this.#allOthers();
    const steps = STEP_NAMES.map((name) => all.get(name)).find((count) => count !== undefined);
    return steps !== undefined && Number.isSafeInteger(steps) && steps >= 0 ? steps : undefined;
  }

  #allOthers(): Map<string, number> {
    return mergeOthers(this.#file.others, this.#output.others);
  }

  #measured(value: number, source: LineSource): Reading {
    const { others, steps } = this;
    return { kind: 'measured', value, others, ...(steps === undefined ? {} : { steps }), source };
  }
}

/** The same number, or the file's number as it is printed with fewer digits. */
function agree(file: Told & { kind: 'told' }, output: Told & { kind: 'told' }): boolean {
  if (file.value === output.value) return true;
  const digits = /^[+-]?\d+\.(\d{1,15})$/.exec(output.text)?.[1]?.length;
  return digits !== undefined && Number(file.value.toFixed(digits)) === output.value;
}

function mergeOthers(file: Map<string, number>, output: Map<string, number>): Map<string, number> {
  const merged = new Map(file);
  for (const [name, value] of output) {
    if (!merged.has(name)) merged.set(name, value);
    else if (merged.get(name) !== value) merged.delete(name);
  }
  return merged;
}

import process from 'node:process';
import type { Draft } from '../../src/model/proposal.ts';
import { createRandom } from '../../src/model/random.ts';
import { createStudy, verdictOf } from '../../src/propose/fixtures/play.ts';
import { METHODS } from '../../src/propose/search/method.ts';
import { createSearch } from '../../src/propose/search.ts';

/** What a thought costs late in a study: nothing runs, and what became of each edit is made up. */
export interface Thinking {
  readonly values: number;
  readonly ends: 'declared' | 'undeclared';
  /** Experiments that were told before. */
  readonly told: number;
  /** CPU milliseconds of this process a proposal, garbage collection included; of the first one apart, which reads the ledger. */
  readonly mean: number;
  readonly slowest: number;
  readonly first: number;
  /** MiB that the study's state and the researcher hold together; undefined without `--expose-gc`. */
  readonly heap: number | undefined;
}

export interface Question {
  readonly values: number;
  readonly ends: Thinking['ends'];
  /** When to ask, in experiments, ascending. */
  readonly marks: readonly number[];
  /** How many proposals are asked for at each. */
  readonly asks: number;
}

/** Shares of what is told; the rest is discarded. */
const CRASHES = 0.08;
const KEEPS = 0.02;
const signal = new AbortController().signal;

/**
 * A study of edits of single values, drawn by luck and signed by each method in turn, with the researcher asked now and then: what it
 * proposes is discarded, and told as well.
 */
export async function thinkingLate({ values, ends, marks, asks }: Question): Promise<Thinking[]> {
  const random = createRandom(5);
  let present = Array.from({ length: values }, (_, index) => index + 1);
  const textOf = (numbers: readonly number[]) => {
    const range = ends === 'declared' ? ' // ratchet: 0.1..1000 log' : '';
    return numbers.map((value, index) => `export const setting${index} = ${value};${range}\n`).join('');
  };
  const study = createStudy({ 'settings.js': textOf(present) });
  const tell = (draft: Omit<Draft, 'changes'>, luck: number): 'keep' | 'other' => {
    const isKeep = luck >= CRASHES && luck < CRASHES + KEEPS;
    const candidate = luck < CRASHES ? undefined : isKeep ? 1 - random() : 1 + random();
    study.judge(study.add(draft), verdictOf(1, candidate));
    return isKeep ? 'keep' : 'other';
  };
  const tellAny = (experiment: number) => {
    const site = Math.floor(random() * values);
    const from = present[site]!;
    const to = Number((from * 2 ** (3 * random() - 1.5)).toPrecision(3));
    const method = METHODS[experiment % METHODS.length];
    const edit = `settings.js#number:setting${site}=${to} was ${from}; by ${method}`;
    if (tell({ hypothesis: 'made up', category: 'other', edit }, random()) !== 'keep') return;
    present = present.with(site, to);
    study.move(new Map([['settings.js', textOf(present)]]));
  };
  const results: Thinking[] = [];
  for (const told of marks) {
    while (study.state.experiments.size < told) tellAny(study.state.experiments.size);
    const costs: number[] = [];
    for (let ask = 0; ask < asks; ask++) {
      const before = process.cpuUsage();
      const [draft] = await createSearch().propose(study.brief(told + ask), 1, signal);
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / 1000);
      if (draft !== undefined) tell(draft, 1);
    }
    const [first = 0, ...others] = costs;
    const mean = others.reduce((sum, cost) => sum + cost, 0) / others.length;
    results.push({ values, ends, told, mean, slowest: Math.max(...others), first, heap: heap() });
  }
  return results;
}

function heap(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

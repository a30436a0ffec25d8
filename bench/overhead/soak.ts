import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Fewer experiments say nothing of what grows: the engine is still warming up. */
export const SOAK_FROM = 1000;

/** What a soak found, early and late in one study. */
export interface Growth {
  /** Experiments between the two looks at the live heap. */
  readonly experiments: number;
  /** What is reachable from the engine, in bytes, after all else was collected. */
  readonly liveHeap: EarlyLate;
  /** Open files of the engine. */
  readonly descriptors: EarlyLate;
  /** CPU seconds an experiment. */
  readonly cpu: EarlyLate;
  readonly refsAnExperiment: number;
  readonly slotsLeft: number;
}

export interface EarlyLate {
  readonly early: number;
  readonly late: number;
}

/** What a study may cost the engine, however long it goes on. */
const BOUNDS = {
  /** Of live heap an experiment: its proposal, trial and verdict stay, as the judge and researchers look at all of them. */
  bytesAnExperiment: 2048,
  /** Files more that are open late than early: those of one trial at work. */
  descriptors: 16,
  /** Late in early; the machine itself is as fast as it is at the moment. */
  cpuRatio: 1.5,
  /** One a proposal; those of champion, baseline and ledger come on top. */
  refsAnExperiment: 1.02,
} as const;

/** Live heap that each experiment adds, in bytes. */
export function bytesAnExperiment({ liveHeap, experiments }: Growth): number {
  return (liveHeap.late - liveHeap.early) / experiments;
}

/** What grows although it must not, a sentence each. */
export function whatGrows(growth: Growth): string[] {
  const { descriptors, cpu, refsAnExperiment, slotsLeft } = growth;
  const ratio = cpu.late / cpu.early;
  const bytes = bytesAnExperiment(growth);
  const found: [boolean, string][] = [
    [bytes > BOUNDS.bytesAnExperiment, `live heap by ${bytes.toFixed(0)} bytes an experiment`],
    [descriptors.late - descriptors.early > BOUNDS.descriptors, `open files, to ${descriptors.late}`],
    [ratio > BOUNDS.cpuRatio, `CPU an experiment, ${ratio.toFixed(2)} late to early`],
    [refsAnExperiment > BOUNDS.refsAnExperiment, `refs, ${refsAnExperiment.toFixed(2)} an experiment`],
    [slotsLeft > 0, `slots left behind, ${slotsLeft}`],
  ];
  return found.flatMap(([isBroken, what]) => (isBroken ? what : []));
}

/** V8 lets go of code that was not run between so many collections. */
const COLLECTIONS = 10;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes of the heap that are still in use after everything that can be collected was. */
export function liveHeap(): number {
  if (typeof collect !== 'function') throw new Error('this V8 collects nothing when asked');
  for (let round = 0; round < COLLECTIONS; round++) collect();
  return process.memoryUsage().heapUsed;
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { z } from 'zod';
import { seedOf } from '../../src/model/random.ts';
import { copyFiles } from './lab-copy.ts';

/** A `train.ts` to be measured again, under the name that the table gives it. */
export interface Contender {
  readonly name: string;
  readonly source: string;
}

const resultSchema = z.object({
  /** sha256 of the source, so that a champion that has moved since is measured again. */
  source: z.string(),
  seed: z.number(),
  budget: z.number(),
  /** In bits a byte; absent where the trial gave none. */
  value: z.number().optional(),
});
type Result = z.infer<typeof resultSchema>;

export interface Remeasurement {
  /** Holds the results of earlier calls, and takes the new ones; its folder is for the trials. */
  readonly file: string;
  readonly contenders: readonly Contender[];
  readonly seeds: number;
  /** CPU-seconds a trial. */
  readonly budget: number;
  readonly slots: number;
}

/** By seed, in order: each contender's bits a byte, undefined where its trial gave none or was not run yet. */
export type Scores = ReadonlyMap<string, readonly (number | undefined)[]>;

/** A stream of seeds that no study draws from. */
const STREAM = 0x66726573;

/**
 * Runs what is missing of each contender under each fresh seed: contenders in turn, so that a drift of the machine meets all of
 * them. At Ctrl-C it lets the running trials end; the rest is for another call.
 */
export async function remeasure(plan: Remeasurement): Promise<'complete' | 'interrupted'> {
  const known = readResults(plan.file);
  const todo = trialsOf(plan).filter(
    (trial) => !known.some((result) => isOf(result, trial.contender, trial.seed, plan.budget)),
  );
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  process.once('SIGINT', interrupt);
  const total = todo.length;
  const work = async (slot: number) => {
    const lab = copyFiles(join(dirname(plan.file), `measuring-${slot}`));
    for (let next = todo.shift(); next && !isInterrupted; next = todo.shift()) {
      const { contender, seed } = next;
      const value = await trial(lab, contender.source, seed, plan.budget);
      const result: Result = {
        source: digestOf(contender.source),
        seed,
        budget: plan.budget,
        ...(value === undefined ? {} : { value }),
      };
      appendFileSync(plan.file, `${JSON.stringify(result)}\n`);
      console.error(
        `${contender.name}, seed ${seed}: ${value ?? 'no score'} (${total - todo.length} of ${total})`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: plan.slots }, (_, slot) => work(slot)));
  } finally {
    process.off('SIGINT', interrupt);
  }
  return isInterrupted ? 'interrupted' : 'complete';
}

/** What is known so far, without running anything. */
export function scoresOf(plan: Remeasurement): Scores {
  const known = readResults(plan.file);
  return new Map(
    plan.contenders.map((contender) => [
      contender.name,
      seedsOf(plan.seeds).map(
        (seed) => known.find((result) => isOf(result, contender, seed, plan.budget))?.value,
      ),
    ]),
  );
}

/** Differences of two contenders under equal seeds, where both gave a score. */
export function pairedScores(scores: Scores, one: string, other: string): number[] {
  const others = scores.get(other) ?? [];
  return (scores.get(one) ?? []).flatMap((value, index) => {
    const against = others[index];
    return value === undefined || against === undefined ? [] : value - against;
  });
}

const seedsOf = (count: number) => Array.from({ length: count }, (_, index) => seedOf(STREAM, index));

/** Equal sources are measured once: a champion that never moved is the baseline. */
function trialsOf({ contenders, seeds }: Remeasurement): { contender: Contender; seed: number }[] {
  const distinct = contenders.filter(
    ({ source }, index) => contenders.findIndex((other) => other.source === source) === index,
  );
  return seedsOf(seeds).flatMap((seed) => distinct.map((contender) => ({ contender, seed })));
}

function isOf(result: Result, { source }: Contender, seed: number, budget: number): boolean {
  return result.seed === seed && result.budget === budget && result.source === digestOf(source);
}

const digestOf = (source: string) => createHash('sha256').update(source).digest('hex');

function readResults(file: string): Result[] {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    return [];
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last line may have been cut short with its call.
  return lines.flatMap((line) => {
    try {
      return resultSchema.parse(JSON.parse(line));
    } catch {
      return [];
    }
  });
}

/** Bits a byte of one trial outside of any study; undefined where it gives none. */
async function trial(lab: string, source: string, seed: number, budget: number): Promise<number | undefined> {
  const metrics = join(lab, 'metrics.jsonl');
  rmSync(metrics, { force: true });
  writeFileSync(join(lab, 'train.ts'), source);
  const environment = {
    ...process.env,
    RATCHET_SEED: String(seed),
    RATCHET_BUDGET: String(budget),
    RATCHET_METRICS: metrics,
  };
  for (const script of ['harness.ts', 'evaluate.ts']) {
    if (!(await succeeds(script, lab, environment))) return undefined;
  }
  const lines = readFileSync(metrics, 'utf8').trim().split('\n');
  const scored = lines.map((line) => z.object({ val_bpb: z.number().optional() }).parse(JSON.parse(line)));
  return scored.findLast(({ val_bpb }) => val_bpb !== undefined)?.val_bpb;
}

function succeeds(script: string, lab: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C lets it end.
    const child = spawn(process.execPath, [script], {
      cwd: lab,
      env: environment,
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}

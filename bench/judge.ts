/**
 * Rules for keeping changes, side by side in simulated studies:
 * `npm run bench:judge -- [--slots 1000] [--studies 4] [--row TEXT] [--policy TEXT] [--json]`.
 *
 * A slot is a trial of five minutes; 8% of the ideas crash, 30% do nothing, a share is good, the rest does harm
 * (`bench/judge/world.ts`). Every policy meets the same ideas, with and without the same plain early stop; baseline runs, re-tests and
 * certificates take slots like everything else. Ratchet is the judge that studies get, through the same fold over the same events
 * as a real one. The oracle has no noise to see through: no rule can gain more. `--row` and `--policy` pick those whose name
 * holds the text. A night is `--slots 100`. Progress goes to standard error.
 */
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type Outcome, outcomeOf, POLICIES, ROWS } from './judge/rows.ts';

interface Job {
  readonly row: string;
  readonly policy: string;
  readonly slots: number;
  readonly studies: number;
}

type Done = Job & Outcome;

const COLUMNS: readonly [title: string, width: number, cell: (outcome: Done) => string][] = [
  ['policy', 28, ({ policy }) => policy],
  ['gain/1000', 16, ({ gain, error }) => `${gain.toFixed(1)} ± ${error.toFixed(1)}`],
  [
    'false + true keeps',
    20,
    (outcome) => `${outcome.falseKeeps.toFixed(1)} + ${outcome.trueKeeps.toFixed(1)}`,
  ],
  [
    'false of certificates',
    23,
    ({ falseCertificates, certified }) => `${falseCertificates.toFixed(2)} of ${certified.toFixed(1)}`,
  ],
  ['off by, sigma', 15, ({ misstated }) => misstated.toFixed(2)],
  ['too high by, sigma', 20, ({ overstated }) => overstated.toFixed(2)],
  ['ideas an hour', 14, ({ hypotheses, slots }) => ((12 * hypotheses) / slots).toFixed(1)],
];

if (isMainThread) await main();
else serve();

/** Works on one job after the other, as they are posted. */
function serve(): void {
  parentPort!.on('message', (job: Job) => {
    parentPort!.postMessage({ ...job, ...outcomeOf(job.row, job.policy, job.slots, job.studies) });
  });
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      slots: { type: 'string', default: '1000' },
      studies: { type: 'string', default: '4' },
      row: { type: 'string', default: '' },
      policy: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  });
  const slots = countOf('slots', options.slots);
  const studies = countOf('studies', options.studies);
  const jobs = Object.keys(ROWS).flatMap((row) =>
    row.includes(options.row)
      ? Object.keys(POLICIES).flatMap((policy) =>
          policy.includes(options.policy) ? { row, policy, slots, studies } : [],
        )
      : [],
  );
  if (jobs.length === 0) throw new Error('no row or no policy has such a name');
  const done = await playAll(jobs);
  const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;
  if (options.json) console.log(JSON.stringify({ slots, studies, machine, outcomes: done }));
  else print(done, `${slots} slots, means of ${studies} studies; ${machine}`);
}

function countOf(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${option} takes a whole number from 1`);
  return Number(text);
}

/** One worker a core; answers come in the order of the jobs. */
async function playAll(jobs: readonly Job[]): Promise<Done[]> {
  const done: Done[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(import.meta.filename);
    try {
      for (let index = next++; index < jobs.length; index = next++) {
        done[index] = await answerTo(worker, jobs[index]!);
        const { row, policy } = jobs[index]!;
        process.stderr.write(`${index + 1} of ${jobs.length}: ${row}, ${policy}\n`);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return done;
}

async function answerTo(worker: Worker, job: Job): Promise<Done> {
  const answer = once(worker, 'message');
  worker.postMessage(job);
  const [done] = (await answer) as [Done];
  return done;
}

function print(done: readonly Done[], heading: string): void {
  console.log(heading);
  let row = '';
  for (const outcome of done) {
    if (outcome.row !== row) {
      row = outcome.row;
      console.log(`\n${row}`);
      console.log(
        COLUMNS.map(([title, width]) => title.padEnd(width))
          .join('')
          .trimEnd(),
      );
    }
    console.log(
      COLUMNS.map(([, width, cell]) => cell(outcome).padEnd(width))
        .join('')
        .trimEnd(),
    );
  }
}

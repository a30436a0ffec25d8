/**
 * What the page costs whoever looks at it, and the study that is looked at:
 * `npm run bench:page -- [--experiments 10000,100000] [--loop 150] [--rounds 3] [--readers 200] [--json]`.
 *
 * Makes ledgers of so many experiments, serves them by `ratchet serve`, and opens them in chromium: how long it takes until the address
 * is there, until the headline is, until all points are on the chart, and until a filter is applied and until an entry of the ledger is seen, and what memory the page holds. Then plays runs of
 * a lab that does nothing, in turns with `--readers` readers of the page and with none, and compares what an experiment takes: on the
 * wall, and of the engine's own process.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyId } from '../src/model/identity.ts';
import { openLedger } from '../src/record/ledger.ts';
import { measurePage, type PageCosts } from './page/browser.ts';
import { nextProposal, writeLongStudy } from './page/ledger.ts';
import { type LoopCosts, measureLoop } from './page/loop.ts';

const { values: options } = parseArgs({
  options: {
    experiments: { type: 'string', default: '10000,100000' },
    loop: { type: 'string', default: '150' },
    rounds: { type: 'string', default: '3' },
    readers: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const RATCHET = fileURLToPath(new URL('../bin/ratchet.js', import.meta.url));

interface Opened extends PageCosts {
  readonly experiments: number;
  /** Milliseconds until the server has read the ledger and told its address. */
  readonly served: number;
  /** Resident memory of the server, in bytes. */
  readonly server: number;
}

async function openStudyOf(experiments: number): Promise<Opened> {
  const lab = mkdtempSync(join(tmpdir(), 'ratchet-page-'));
  try {
    const study = '20260308-221500-7f3a' as StudyId;
    const front =
      'objective: val_bpb\nunit: bits/byte\ndirection: minimize\nedit: [train.ts]\nrun: node train.ts\nbudget: { trial: 60s }';
    writeFileSync(join(lab, 'program.md'), `---\n${front}\n---\nNothing.\n`);
    execFileSync('git', ['init', '--quiet'], { cwd: lab });
    const file = studyFolder(lab, study).ledger;
    writeLongStudy(file, experiments, study);
    const start = performance.now();
    const server = spawn(process.execPath, [RATCHET, 'serve', lab, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const served = performance.now() - start;
      const costs = await best(() => openInBrowser(line.trim(), file));
      return { experiments, served, ...costs, server: residentBytes(server.pid!) };
    } finally {
      server.kill();
    }
  } finally {
    rmSync(lab, { recursive: true, force: true });
  }
}

/** A study that grows by proposals while it is looked at. */
async function openInBrowser(address: string, file: string): Promise<PageCosts> {
  const opening = openLedger(file, { author: 'bench', now: Date.now });
  if (opening.kind !== 'open') throw new Error(`the ledger ${file} cannot be continued`);
  await using ledger = opening.ledger;
  const experiments = ledger.state.experiments.size;
  return await measurePage(address, experiments, async () => {
    await ledger.append((state) => [nextProposal(state.nextExperiment)]);
  });
}

/** The fastest of three in each: others use the machine too. */
async function best(measure: () => Promise<PageCosts>): Promise<PageCosts> {
  const tries = [await measure(), await measure(), await measure()];
  const least = (key: keyof PageCosts) => Math.min(...tries.map((costs) => costs[key]));
  return {
    headline: least('headline'),
    chart: least('chart'),
    work: least('work'),
    filter: least('filter'),
    live: least('live'),
    heap: Math.max(...tries.map(({ heap }) => heap)),
    process: Math.max(...tries.map((costs) => costs.process)),
  };
}

function residentBytes(pid: number): number {
  return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** Each with readers beside one without, so that both see the machine in the same state. */
async function compareLoops(experiments: number, rounds: number, readers: number) {
  const pairs: { readonly alone: LoopCosts; readonly read: LoopCosts }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await measureLoop(experiments, round % 2 === 0 ? 0 : readers);
    const second = await measureLoop(experiments, round % 2 === 0 ? readers : 0);
    pairs.push(round % 2 === 0 ? { alone: first, read: second } : { alone: second, read: first });
  }
  const middle = (ratios: number[]) => ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
  return {
    readers,
    rounds,
    wallRatio: middle(pairs.map(({ alone, read }) => read.wall / alone.wall)),
    cpuRatio: middle(pairs.map(({ alone, read }) => read.cpu / alone.cpu)),
    alone: pairs.map(({ alone }) => alone),
    read: pairs.map(({ read }) => read),
  };
}

const studies: Opened[] = [];
for (const experiments of options.experiments.split(',').filter(Boolean).map(Number)) {
  const opened = await openStudyOf(experiments);
  studies.push(opened);
  if (!options.json) process.stdout.write(`${linesOf(opened).join('\n')}\n\n`);
}
const rounds = Number(options.rounds);
const loop =
  rounds === 0 ? undefined : await compareLoops(Number(options.loop), rounds, Number(options.readers));
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
if (options.json) process.stdout.write(`${JSON.stringify({ machine, studies, loop })}\n`);
else if (loop)
  process.stdout.write(
    `an experiment with ${loop.readers} readers, against one with none: ${loop.wallRatio.toFixed(3)} on the wall, ` +
      `${loop.cpuRatio.toFixed(3)} of the engine's CPU (middle of ${rounds} rounds)\n${machine}\n`,
  );

function linesOf({
  experiments,
  served,
  headline,
  chart,
  work,
  filter,
  live,
  heap,
  process: all,
  server,
}: Opened): string[] {
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    `${experiments.toLocaleString('en')} experiments`,
    `  address told after         ${seconds(served)}`,
    `  headline after             ${seconds(headline)}`,
    `  all points after           ${seconds(chart)}, with ${seconds(work)} of its own thread's CPU`,
    `  slowest filter             ${filter.toFixed(0)} ms`,
    `  from ledger to pixel       ${live.toFixed(0)} ms`,
    `  live objects of the page   ${megabytes(heap)}, its process ${megabytes(all)}`,
    `  the server                 ${megabytes(server)}`,
  ];
}

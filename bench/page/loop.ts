import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { studiesOnDisk } from '../../src/engine/studies.ts';
import { studyFolder } from '../../src/lab/folder.ts';
import { readLedger } from '../../src/record/reader.ts';
import { makeLab } from '../overhead/lab.ts';

const RATCHET = fileURLToPath(new URL('../../bin/ratchet.js', import.meta.url));
const READERS = fileURLToPath(new URL('readers.ts', import.meta.url));
/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const TICKS = 100;
/** Verdicts before which everything is still being set up: readers among them. */
const WARM_UP = 30;

/** What one run of a trivial lab took between two verdicts: seconds on the wall, and of the engine's own process. */
export interface LoopCosts {
  readonly wall: number;
  readonly cpu: number;
}

/** Runs so many experiments through the command line, its page read by so many readers. */
export async function measureLoop(experiments: number, readers: number): Promise<LoopCosts> {
  const lab = makeLab();
  const limits = [
    '--experiments',
    String(experiments + WARM_UP),
    '--slots',
    '1',
    '--seed',
    '1',
    '--judge',
    'greedy',
  ];
  const run = spawn(process.execPath, [RATCHET, 'run', lab, '--port', '0', ...limits], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let crowd: ChildProcess | undefined;
  try {
    const port = await portOf(run);
    if (readers > 0) {
      crowd = spawn(process.execPath, [READERS, String(port), String(readers)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(crowd.stdout!, 'data');
    }
    const ended = once(run, 'exit');
    let cpu = { first: Number.NaN, last: Number.NaN };
    const reader = readerOf(lab);
    let first = 0;
    const timer = setInterval(() => {
      reader.refresh();
      const seconds = cpuOf(run.pid!);
      if (seconds === undefined) return;
      if (first === 0 && reader.state.judged >= WARM_UP) {
        first = reader.state.judged;
        cpu = { first: seconds, last: seconds };
      }
      if (first > 0) cpu = { ...cpu, last: seconds };
    }, 50);
    await ended;
    clearInterval(timer);
    reader.refresh();
    const times = [...reader.state.experiments.values()].flatMap((one) =>
      one.status === 'judged' ? one.judgedAt : [],
    );
    reader.close();
    const counted = times.length - first;
    const wall = (times.at(-1)! - times[first]!) / 1000;
    return { wall: wall / counted, cpu: (cpu.last - cpu.first) / counted };
  } finally {
    crowd?.kill();
    run.kill();
    rmSync(lab, { recursive: true, force: true });
  }
}

function portOf({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const port = /^page: http:\/\/127\.0\.0\.1:(\d+)\//m.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    stdout!.once('end', () => reject(new Error(`there was no page:\n${said}`)));
  });
}

function readerOf(lab: string) {
  const opening = readLedger(studyFolder(lab, studiesOnDisk(lab).at(-1)!).ledger);
  if (opening.kind !== 'open') throw new Error(`the ledger in ${join(lab, '.ratchet')} cannot be read`);
  return opening.reader;
}

/** Of that process alone, without git and the trials. Undefined once it is gone. */
function cpuOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceLimits } from '../model/limit.ts';
import type { Doors } from '../process/doors.ts';
import type { Ending } from '../process/ending.ts';
import type { Enforcement } from '../process/enforcement.ts';
import { runCommand } from '../process/run-command.ts';

/** One thing that a trial must not be able to do, and whether it was. */
export interface Probe {
  /** What is promised, in words. */
  readonly promise: string;
  readonly holds: boolean;
}

/** Far above what a try needs, and far below what the machine has. */
const LIMITS: ResourceLimits = {
  memory: 200 * 1024 ** 2,
  processes: 40,
  disk: 1024 ** 3,
  files: 10_000,
  output: 1024 ** 2,
};
/** Seconds that a try may take. */
const TRY = 20;

/** It names the program that the system hands core files to, as root. */
const SETTING = '/proc/sys/kernel/core_pattern';

/** Tries each promise on this machine, one after the other: a command attempts what no trial may, and is seen to fail. */
export async function probe(enforcement: Enforcement): Promise<Probe[]> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-doctor-')));
  try {
    const place = layOutProbe(home);
    const attempt = (command: string) => attemptIn(enforcement, place, command);
    const probes: Probe[] = [];
    for (const [promise, holds] of promises(place, enforcement, attempt))
      probes.push({ promise, holds: await holds() });
    return probes;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface Place {
  readonly work: string;
  readonly temporary: string;
  /** A file that no door leads to. */
  readonly secret: string;
  readonly output: string;
}

function layOutProbe(home: string): Place {
  const place = {
    work: join(home, 'work'),
    temporary: join(home, 'temporary'),
    secret: join(home, 'secret.txt'),
    output: join(home, 'output.log'),
  };
  mkdirSync(place.work);
  mkdirSync(place.temporary);
  writeFileSync(place.secret, 'secret');
  return place;
}

type Attempt = (command: string) => Promise<Ending>;

function promises(
  place: Place,
  { groups }: Enforcement,
  attempt: Attempt,
): [promise: string, holds: () => Promise<boolean>][] {
  const succeeds = async (command: string) => {
    const ending = await attempt(command);
    return ending.kind === 'exited' && ending.code === 0;
  };
  const fails = async (command: string) => !(await succeeds(command));
  const isBounded = async (command: string, type: keyof ResourceLimits) => {
    const ending = await attempt(command);
    if (ending.kind === 'limit') return ending.exceeded.type === type;
    // Without control groups nobody counts what the system refuses: who is refused it ends by itself.
    const hasFailed = ending.kind === 'signalled' || (ending.kind === 'exited' && ending.code !== 0);
    return groups.kind === 'none' && hasFailed;
  };
  const engineNode = `'${process.execPath}'`;
  return [
    ['it works in its own folder', () => succeeds('echo fine > here && cat here && test -d /tmp')],
    ['files outside its doors are absent', () => fails(`cat '${place.secret}'`)],
    ['the home folder is empty', () => fails('ls -A "$HOME" | grep -q .')],
    ['the system is read-only', () => fails('touch /usr/ratchet-was-here && rm /usr/ratchet-was-here')],
    // What is tried is what is so already: where the try succeeds, nothing has changed.
    ['devices keep their permissions', () => fails('chmod 666 /dev/null || chmod 666 /proc/self/fd/0')],
    [
      'settings of the kernel are read-only',
      () => fails(`cat ${SETTING} > setting && cat setting > ${SETTING}`),
    ],
    [
      'the network is out of reach, loopback included',
      () => withServer((port) => fails(knock(engineNode, port))),
    ],
    ['other processes are out of reach', () => fails(`kill -0 ${process.pid}`)],
    ['no user namespace can be made inside', () => fails('unshare --user true')],
    ['what it leaves running ends with it', () => endsWithIt(place, attempt)],
    [
      'memory is bounded',
      () =>
        isBounded(`${engineNode} -e "const kept = []; for (;;) kept.push(Buffer.alloc(8e6, 1))"`, 'memory'),
    ],
    [
      'the number of processes is bounded',
      () => isBounded('i=0; while [ $i -lt 200 ]; do sleep 10 & i=$((i + 1)); done; wait', 'processes'),
    ],
  ];
}

function knock(engineNode: string, port: number): string {
  const script = `require("net").connect(${port}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))`;
  return `${engineNode} -e '${script}'`;
}

/** Whether something holds while a server listens on this machine. */
async function withServer(holds: (port: number) => Promise<boolean>): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    return await holds(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    server.close();
  }
}

/** Between two looks at a file that a process which is alive would have written to, in milliseconds. */
const BEATS = 400;

/** A process that leaves its session, its folder and its environment behind writes on for three seconds, if it may. */
async function endsWithIt({ work }: Place, attempt: Attempt): Promise<boolean> {
  const beat = join(work, 'beat');
  const loop = `i=0; while [ $i -lt 30 ]; do echo $i > '${beat}'; sleep 0.1; i=$((i + 1)); done`;
  await attempt(
    `cd /; env -i PATH="$PATH" LOOP="${loop.replaceAll('$', '\\$')}" setsid sh -c 'eval "$LOOP"' > /dev/null 2>&1 & until [ -s '${beat}' ]; do sleep 0.1; done`,
  );
  const before = existsSync(beat) ? readFileSync(beat, 'utf8') : '';
  await sleep(BEATS);
  return before !== '' && readFileSync(beat, 'utf8') === before;
}

let attempts = 0;

async function attemptIn(enforcement: Enforcement, place: Place, command: string): Promise<Ending> {
  attempts += 1;
  const doors: Doors = {
    read: [dirname(process.execPath)],
    write: [place.work],
    closed: [],
    hidden: [],
    temporary: place.temporary,
    network: false,
    gpus: false,
  };
  return runCommand({
    command,
    cwd: place.work,
    environment: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/' },
    trial: `doctor-${process.pid}-${attempts}`,
    limits: { wallSeconds: TRY, resources: LIMITS },
    confinement: { enforcement, doors },
    termSeconds: 0.1,
    output: { file: place.output, maxBytes: 1024 ** 2 },
    signal: new AbortController().signal,
  });
}

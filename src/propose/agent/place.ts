import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { emptyFolder } from '../../git/clear-folder.ts';
import { makeStateFolder, STATE_FOLDER } from '../../lab/folder.ts';
import { processTable } from '../../process/this-machine.ts';
import type { Agent } from './agent.ts';

/** The folders of one agent, absolute. */
export interface AgentPlace extends AsyncDisposable {
  readonly root: string;
  /** Where the champion is laid out and the agent works. */
  readonly work: string;
  /** What git believes about `work`; out of the agent's reach, as all that follows but `home` and `temporary`. */
  readonly indexFile: string;
  readonly home: string;
  readonly temporary: string;
  /** What the agent printed beside the protocol. */
  readonly output: string;
  /** The gate's socket, in a folder of its own with a short name: the path of a socket has about 100 bytes. */
  readonly socket: string;
}

const FOLDER = 'agents';
/** The file, out of the agent's reach, that says where its gate is. */
const GATE = 'gate';
let made = 0;
/** Names of those that this process uses. */
const inUse = new Set<string>();

/** Makes the folders of an agent below a lab's state folder, and removes those that a killed engine left: a login lies in them. */
export async function makePlace(lab: string, { home: files }: Pick<Agent, 'home'>): Promise<AgentPlace> {
  const all = join(makeStateFolder(lab), FOLDER);
  mkdirSync(all, { recursive: true, mode: 0o700 });
  await sweep(all);
  made += 1;
  const name = `${process.pid}-${made}`;
  inUse.add(name);
  const root = join(realpathSync(all), name);
  const sockets = mkdtempSync(join(realpathSync(tmpdir()), 'ratchet-gate-'));
  const place = {
    root,
    work: join(root, 'work'),
    indexFile: join(root, 'index'),
    home: join(root, 'home'),
    temporary: join(root, 'temporary'),
    output: join(root, 'output.log'),
    socket: join(sockets, 'socket'),
  };
  for (const folder of [place.work, place.home, place.temporary])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(root, GATE), sockets);
  for (const [path, content] of Object.entries(files)) {
    const file = join(place.home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, content, { mode: 0o600 });
  }
  return {
    ...place,
    [Symbol.asyncDispose]: async () => {
      for (const folder of [root, sockets]) await remove(folder);
      inUse.delete(name);
    },
  };
}

/** Removes what killed engines left of their agents in a lab, for a run in which no agent thinks. */
export async function removeLeftPlaces(lab: string): Promise<void> {
  const all = join(lab, STATE_FOLDER, FOLDER);
  if (existsSync(all)) await sweep(all);
}

async function sweep(all: string): Promise<void> {
  const table = processTable();
  table.pids();
  for (const name of readdirSync(all)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    // A number that an engine had may be ours today: in a container it often is.
    if (inUse.has(name) || (pid !== process.pid && table.row(pid)?.alive)) continue;
    // Its gate's folder lies elsewhere, for the sake of a short name.
    const gate = join(all, name, GATE);
    if (existsSync(gate)) await remove(readFileSync(gate, 'utf8'));
    await remove(join(all, name));
  }
}

/** Package managers leave folders that nobody may write to, and an agent may make any that nobody may look into. */
async function remove(folder: string): Promise<void> {
  const all = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    all();
  } catch {
    await emptyFolder(folder, []);
    all();
  }
}

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { isOfSystem } from './bubblewrap.ts';

/**
 * What commands need beside the system's own programs: the installations that their programs belong to (a Python below the home
 * folder, say), the one that a provided virtual environment was made from, and the engine's own Node. Never the home folder, nor
 * one that holds the lab: of what lies there a program is shown alone.
 *
 * @param slot a folder that lies in the lab, absolute
 */
export function runtimesOf(commands: readonly string[], provided: readonly string[], slot: string): string[] {
  const programs = commands.flatMap(wordsOf).flatMap(programOf);
  const bases = provided.flatMap(baseOfEnvironment);
  const found = [
    dirname(process.execPath),
    ...[...programs, ...bases].flatMap((program) => installationOf(program, slot)),
  ];
  return [...new Set(found)].filter((path) => !isOfSystem(path));
}

function wordsOf(command: string): string[] {
  return command.split(/[\s;&|()"'`$]+/).filter((word) => word !== '' && !word.includes('='));
}

/** Where the search path has a program of this name: its place there, and the file that it is in the end. */
function programOf(word: string): string[] {
  if (word.includes('/')) return word.startsWith('/') && existsSync(word) ? [word] : [];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, word);
    if (folder.startsWith('/') && existsSync(path)) return [path, realpathSync(path)];
  }
  return [];
}

/** The interpreter that a Python environment leans on. */
function baseOfEnvironment(folder: string): string[] {
  const settings = join(folder, 'pyvenv.cfg');
  const home = existsSync(settings) && /^home\s*=\s*(.+)$/m.exec(readFileSync(settings, 'utf8'))?.[1]?.trim();
  const linked = join(folder, 'bin', 'python');
  return [...(home ? [join(home, 'python')] : []), ...(existsSync(linked) ? [realpathSync(linked)] : [])];
}

/** Folders in which people keep more than programs: of these a program is shown alone. */
const SHARED = ['/', '/usr', '/usr/local', '/home', '/root', '/var', '/etc'];

/** The folder of the installation that a program lies in, as `X/bin/program` lies in X; else the file itself. */
function installationOf(program: string, slot: string): string[] {
  const root = /^(.+)\/(?:bin|shims)\/[^/]+$/.exec(program)?.[1];
  const home = homedir();
  const isOwn =
    root !== undefined &&
    ![...SHARED, home, join(home, '.local')].includes(root) &&
    !slot.startsWith(`${root}/`);
  return [isOwn ? root : program];
}

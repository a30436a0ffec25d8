import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { groupName } from '../../src/process/control-group.ts';
import { type Enforcement, enforcementHere } from '../../src/process/enforcement.ts';

export function isSandboxed({ sandbox }: Enforcement): boolean {
  return sandbox.kind === 'bubblewrap';
}

/**
 * Command lines of living processes that see a folder in a sandbox, stand in it, or name it. None hides from that: who clears its
 * environment and leaves the folder keeps the mounts of its sandbox.
 */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return [];
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    const traces = [command, textOf(`/proc/${pid}/environ`), textOf(`/proc/${pid}/mountinfo`), cwdOf(pid)];
    return traces.some((text) => text.includes(folder)) ? [`${pid}: ${command}`] : [];
  });
}

/** What runs something when git does: settings, hooks, attributes. */
export function gitStateOf({ root }: { readonly root: string }): string[] {
  const files = ['config', 'info/attributes', 'info/exclude'].map((name) => textOf(`${root}/.git/${name}`));
  return [...files, ...readdirSync(`${root}/.git/hooks`)];
}

/** Control groups of a study that are still there. */
export function groupsOf(study: string): string[] {
  const { groups } = enforcementHere();
  if (groups.kind === 'none') return [];
  const found = groups.groups;
  const folders = found.version === 2 ? [found.folder] : [found.memory, found.pids];
  return folders.flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(groupName(study))));
}

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Empty for a process that is gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

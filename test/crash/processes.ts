import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashLab } from './crash-lab.ts';

/** How long what was told to end may take to be gone, in seconds. */
const PATIENCE = 10;

/**
 * Command lines of the living processes that belong to a lab: those that stand in it, and trials of its studies, wherever
 * they went. A process that is ending is waited for.
 */
export async function processesOf(lab: CrashLab, patience = PATIENCE): Promise<string[]> {
  for (let waited = 0; ; waited += 0.05) {
    const found = look(lab);
    if (found.length === 0 || waited >= patience) return found;
    await sleep(50);
  }
}

function look(lab: CrashLab): string[] {
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) && belongs(lab, name) ? describe(name) : [],
  );
}

function belongs(lab: CrashLab, pid: string): boolean {
  const folder = read(() => readlinkSync(`/proc/${pid}/cwd`));
  if (folder === lab.root || folder.startsWith(`${lab.root}/`)) return true;
  // A trial's TMPDIR lies in its slot, whatever its working folder is.
  const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'latin1'));
  return environment.includes('RATCHET_TRIAL=') && environment.includes(lab.root);
}

function describe(pid: string): string {
  return `${pid}: ${read(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ')}`;
}

/** Empty for a process that is gone, or another user's. */
function read(from: () => string): string {
  try {
    return from();
  } catch {
    return '';
  }
}

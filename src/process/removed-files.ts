import { readdirSync, type Stats, statSync } from 'node:fs';

/** Of `stat`, whatever the disk's own are. */
const BLOCK = 512;

/** Bytes on disk of files that these processes hold open and that have no name any more; 0 where the system does not list them. */
export function removedBytes(pids: readonly number[]): number {
  const found = new Map<string, number>();
  for (const pid of pids) {
    for (const { dev, ino, nlink, blocks, isFile } of openedBy(pid)) {
      if (isFile && nlink === 0) found.set(`${dev}/${ino}`, blocks * BLOCK);
    }
  }
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0);
}

type Opened = Pick<Stats, 'dev' | 'ino' | 'nlink' | 'blocks'> & { readonly isFile: boolean };

function openedBy(pid: number): Opened[] {
  const folder = `/proc/${pid}/fd`;
  return (unlessGone(() => readdirSync(folder)) ?? []).flatMap((name) => {
    const stats = unlessGone(() => statSync(`${folder}/${name}`));
    return stats === undefined ? [] : [{ ...stats, isFile: stats.isFile() }];
  });
}

/** Undefined where a process, or what it had open, is gone meanwhile. */
function unlessGone<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

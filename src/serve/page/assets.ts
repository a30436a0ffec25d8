import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file of the built page, whole in memory: there are a handful, below a megabyte together. */
export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built page: its first file, and the others by their path. */
export interface Assets {
  readonly index: Asset;
  readonly byPath: ReadonlyMap<string, Asset>;
}

/** Undefined where the page was not built. */
export function readAssets(folder: string): Assets | undefined {
  const byPath = new Map<string, Asset>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length).replaceAll('\\', '/').replace(/^\/?/, '/');
      byPath.set(path, { bytes: new Uint8Array(readFileSync(file)), type });
    }
  } catch {
    return undefined;
  }
  const index = byPath.get('/index.html');
  return index === undefined ? undefined : { index, byPath };
}

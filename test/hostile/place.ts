import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Control characters but line ends and tabs, and marks that reorder text: none of them belongs on a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
export const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Another home folder for the engine, with files in it, and with a folder of it first on the search path. */
export function homeWith(files: Readonly<Record<string, string>>, onPath?: string): Disposable {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-home-')));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }
  const { HOME } = process.env;
  process.env.HOME = home;
  const path = onPath === undefined ? undefined : pathWith(join(home, onPath));
  return {
    [Symbol.dispose]: () => {
      path?.[Symbol.dispose]();
      process.env.HOME = HOME;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A folder first on the engine's search path. */
export function pathWith(folder: string): Disposable {
  const { PATH } = process.env;
  process.env.PATH = [folder, PATH].join(delimiter);
  return {
    [Symbol.dispose]: () => {
      process.env.PATH = PATH;
    },
  };
}

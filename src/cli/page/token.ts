import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeStateFolder } from '../../lab/folder.ts';

const TOKEN = /^[\w-]{32}$/;

/** The lab's token, made once: a page that was open goes on when its server comes again. Only the lab's owner can read it. */
export function tokenOf(lab: string): string {
  const file = join(makeStateFolder(lab), 'page-token');
  const own = readToken(file);
  if (own !== undefined) return own;
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
  return readToken(file) ?? replaced(file);
}

/** Undefined where there is none, and where others may know it: they can read the file, or it came with the lab as a link elsewhere. */
function readToken(file: string): string | undefined {
  try {
    const { mode } = lstatSync(file);
    if ((mode & 0o077) !== 0) return undefined;
    const text = readFileSync(file, 'utf8').trim();
    return TOKEN.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** What lies there is no token: it is made anew. */
function replaced(file: string): string {
  rmSync(file, { force: true });
  const token = randomBytes(24).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

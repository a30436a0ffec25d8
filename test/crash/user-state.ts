import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporaryLab } from '../temporary-lab.ts';

/** Everything of a repository that is its user's alone. */
export interface UserState {
  readonly head: string;
  readonly refs: string;
  readonly stash: string;
  readonly index: string;
  /** Mode, time and digest of each file of the working tree, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export function userStateOf({ root, git }: TemporaryLab): UserState {
  const refs = git('for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  return {
    head: readFileSync(join(root, '.git', 'HEAD'), 'utf8'),
    refs: refs.filter((line) => !/^refs\/(heads\/)?ratchet\//.test(line)).join('\n'),
    stash: git('stash', 'list'),
    index: digestOf(join(root, '.git', 'index')),
    files: Object.fromEntries(filesOf(root, '')),
  };
}

function* filesOf(root: string, folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (folder === '' && (entry.name === '.git' || entry.name === '.ratchet')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* filesOf(root, path);
      continue;
    }
    const { mode, mtimeMs } = lstatSync(join(root, path));
    yield [path, `${mode.toString(8)} ${mtimeMs} ${digestOf(join(root, path))}`];
  }
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

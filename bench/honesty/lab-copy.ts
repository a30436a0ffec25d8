import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withSettingsApart } from './edit.ts';

const root = dirname(dirname(import.meta.dirname));

/** Where `labs/gpt` lies in each copy: two folders down, since it finds its packages two folders up. */
const LAB = join('labs', 'gpt');

/** How the copy's `train.ts` is laid out. */
export type Layout = 'as it is' | 'settings apart';

/** Copies `labs/gpt` below `folder`, with this repository's packages as a link. Returns the lab's folder. */
export function copyFiles(folder: string): string {
  const lab = join(folder, LAB);
  mkdirSync(lab, { recursive: true });
  cpSync(join(root, LAB), lab, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') && !path.endsWith('.onnx') && !path.includes('.ratchet'),
  });
  const packages = join(folder, 'node_modules');
  if (!existsSync(packages)) symlinkSync(join(root, 'node_modules'), packages);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return lab;
}

/** A repository of its own with `labs/gpt` in it; where it is there already it stays as it is. Returns the lab's folder. */
export function labRepository(folder: string, layout: Layout): string {
  // A copy that was cut short has no commit, and is made again.
  if (existsSync(join(folder, COMPLETE))) return join(folder, LAB);
  const lab = copyFiles(folder);
  if (layout === 'settings apart') {
    const file = join(lab, 'train.ts');
    writeFileSync(file, withSettingsApart(readFileSync(file, 'utf8')));
  }
  writeFileSync(join(folder, '.gitignore'), `node_modules\n${COMPLETE}\n`);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message=labs/gpt');
  writeFileSync(join(folder, COMPLETE), '');
  return lab;
}

const COMPLETE = 'copied';

/** `train.ts` as a commit has it. */
export function trainOf(lab: string, commit: string): string {
  return execFileSync('git', ['show', `${commit}:./train.ts`], { cwd: lab, encoding: 'utf8' });
}

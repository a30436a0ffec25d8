import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A lab in a repository of its own, for one test. */
export interface TemporaryLab extends Disposable {
  /** Absolute; the folder of `program.md`. */
  readonly folder: string;
  /** The repository's top folder; the lab's own unless it lies deeper. */
  readonly root: string;
  git(...args: string[]): string;
  write(path: string, content: string): void;
}

export interface LabFiles {
  /** Front matter lines that replace or follow the usual ones, such as `budget: { trial: 2s, grace: 1s }`. */
  readonly program?: readonly string[];
  /** Paths relative to the lab. @default a `run.mjs` that prints the number in `value.mjs` as its score */
  readonly files?: Readonly<Record<string, string>>;
  /** Where the lab lies in its repository. @default the top */
  readonly below?: string;
  /** The repository's folder name. @default repository */
  readonly name?: string;
  /** @default committed */
  readonly git?: 'committed' | 'uncommitted' | 'none';
}

const USUAL_FILES = {
  'value.mjs': 'export const value = 10;\n',
  'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
};

const USUAL_PROGRAM = {
  objective: 'score',
  unit: 'points',
  direction: 'minimize',
  edit: '[value.mjs]',
  run: 'node run.mjs',
  budget: '{ trial: 10s, grace: 10s }',
};

/** A lab with a number in each of two editable files, that scores their sum: changes of one do not touch the other. */
export const SUM_OF_TWO: LabFiles = {
  program: ['edit: [a.mjs, b.mjs]'],
  files: {
    'a.mjs': 'export const value = 10;\n',
    'b.mjs': 'export const value = 10;\n',
    'run.mjs':
      "import { value as a } from './a.mjs';\nimport { value as b } from './b.mjs';\nconsole.log('score:', a + b);\n",
  },
};

/** Makes a small lab that scores at once: lower is better, and the score is the number in `value.mjs`. */
export function createTemporaryLab(lab: LabFiles = {}): TemporaryLab {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-test-')));
  const root = join(home, lab.name ?? 'repository');
  const folder = join(root, lab.below ?? '');
  mkdirSync(folder, { recursive: true });
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@localhost', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  write('program.md', programText(lab.program ?? []));
  for (const [path, content] of Object.entries(lab.files ?? USUAL_FILES)) write(path, content);
  if (lab.git !== 'none') git('init', '--quiet', '--initial-branch=main');
  if ((lab.git ?? 'committed') === 'committed') {
    git('add', '--all');
    git('commit', '--quiet', '--message=the lab');
  }
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  return { folder, root, git, write, [Symbol.dispose]: remove };
}

function programText(lines: readonly string[]): string {
  const own = new Map(Object.entries(USUAL_PROGRAM));
  const extra: string[] = [];
  for (const line of lines) {
    const [key = '', ...rest] = line.split(':');
    if (own.has(key)) own.set(key, rest.join(':').trim());
    else extra.push(line);
  }
  const usual = [...own].filter(([, value]) => value !== '').map(([key, value]) => `${key}: ${value}`);
  return `---\n${[...usual, ...extra].join('\n')}\n---\nMake the score small.\n`;
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTemporaryLab } from './temporary-lab.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** As a user's own shell has it: the machine's Node and npm, nothing of this checkout, and none of npm's variables. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_|^INIT_CWD$/i.test(name)),
  ),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
};

const inFolder = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, env: ENVIRONMENT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let home = '';
let tarball = '';

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-package-')));
  const packed: unknown = JSON.parse(
    inFolder(ROOT, 'npm', 'pack', '--json', '--silent', '--pack-destination', home),
  );
  const [{ filename }] = packed as [{ filename: string }];
  tarball = join(home, filename);
}, 120_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test('the package ships JavaScript with types, templates and the packing lab, and nothing of the rest', () => {
  const paths = inFolder(home, 'tar', '-tzf', tarball)
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const needed = [
    'bin/ratchet.js',
    'dist/cli.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/page/process-of-run.js',
    'web/dist/index.html',
    'docs/ledger-format.md',
    'CHANGELOG.md',
    'LICENSE',
    'labs/packing/program.md',
    'labs/packing/packing.ts',
    'labs/packing/verify.ts',
    'templates/minimal/program.md',
    'templates/karpathy/program.md',
  ];
  for (const path of needed) expect(paths).toContain(path);
  const wrong = paths.filter(
    (path) =>
      /^(src|test|bench|web(?!\/dist)|\.ci)\/|^labs\/(?!packing\/)|\.test\.|\/fixtures\//.test(path) ||
      (path.startsWith('dist/') && !/\.(js|d\.ts)$/.test(path)),
  );
  expect(wrong).toEqual([]);
});

test('publint finds nothing to say', async () => {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer } });
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
});

test('installed in an empty folder, it makes a lab, and researches one in another repository', {
  timeout: 300_000,
}, () => {
  const folder = join(home, 'empty folder');
  mkdirSync(folder);
  inFolder(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);

  const made = inFolder(folder, 'npx', '--no-install', 'ratchet-research', 'init', 'my lab');
  expect(made).toContain('ratchet check');
  expect(readdirSync(join(folder, 'my lab'))).toContain('program.md');

  using lab = createTemporaryLab({
    program: ['edit: [settings.mjs]'],
    files: {
      'settings.mjs': 'export const settings = { width: 40, depth: 12, rate: 0.25 };\n',
      'run.mjs':
        "import { settings } from './settings.mjs';\n" +
        "console.log('score:', Object.values(settings).reduce((sum, number) => sum + Math.abs(number - 7), 0));\n",
    },
  });
  const command = join(folder, 'node_modules', '.bin', 'ratchet-research');
  const study = inFolder(lab.folder, command, 'run', '--experiments', '4');
  expect(study).toContain('the budget of the run is used: 4 experiments');
  const lines = inFolder(lab.folder, command, 'log', '--json').trim().split('\n');
  const judged = lines.map((line) => JSON.parse(line)).filter(({ verdict }) => /keep|discard/.test(verdict));
  expect(judged.length).toBeGreaterThanOrEqual(4);

  const names = "import('ratchet-research').then((all) => console.log(Object.keys(all).sort().join(' ')))";
  expect(inFolder(folder, join(folder, 'node_modules', '.bin', 'node'), '-e', names).trim()).toBe(
    'JUDGES createSearch createSession openRepository openStudy readLedger readProgramFile replay research studiesOnDisk studyFolder',
  );
});

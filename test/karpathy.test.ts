import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ratchet } from './command.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/karpathy/', import.meta.url));
const HEADER = 'commit\tval_bpb\tmemory_gb\tstatus\tdescription';

/** The interpreter itself, not a wrapper that looks for its own files below the home folder. */
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();
const mustRun = process.env.RATCHET_REQUIRE_ALL === '1';

/** A checkout as a user has it: committed files, and what git ignores: `.venv`, and the data below the home folder. */
interface Checkout extends Disposable {
  readonly folder: string;
  readonly home: string;
  git(...args: string[]): string;
}

function createCheckout(): Checkout {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-karpathy-')));
  const folder = join(home, 'autoresearch');
  cpSync(FIXTURE, folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '.venv\n__pycache__/\n');
  mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
  symlinkSync(python ?? '', join(folder, '.venv', 'bin', 'python'));
  mkdirSync(join(home, '.cache', 'autoresearch'), { recursive: true });
  writeFileSync(join(home, '.cache', 'autoresearch', 'tokens.txt'), 'once upon a time');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@localhost', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=master');
  git('add', '--all');
  git('commit', '--quiet', '--message=autoresearch');
  return { folder, home, git, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

test('a karpathy/autoresearch checkout runs unchanged: init, check, a study with keeps, results.tsv', {
  timeout: 180_000,
}, async ({ skip }) => {
  if (!python && !mustRun) skip('python3 is not installed');
  expect(python, 'python3 is not installed').toBeTruthy();
  using checkout = createCheckout();
  const { folder, home, git } = checkout;
  const run = (...args: string[]) => ratchet(args, { cwd: folder, env: { HOME: home } });

  expect(await run('init', '--template', 'karpathy')).toMatchObject({ code: 0, stderr: '' });
  expect(git('status', '--porcelain')).toBe('M program.md');
  expect(
    readFileSync(join(folder, 'program.md'), 'utf8').endsWith(`${git('show', 'HEAD:program.md')}\n`),
  ).toBe(true);

  const checked = await run('check');
  expect({ code: checked.code, stderr: checked.stderr }).toMatchObject({ code: 0 });
  expect(checked.stdout).toContain('val_bpb: 0.9979 bits/byte (minimize, candidate-reported)');
  expect(checked.stdout).toContain('peak_vram_mb: 45060.2');

  const study = await run('run', '--experiments', '12', '--seed', '1');
  expect(study.code, study.stdout + study.stderr).toBe(0);
  const lines = (await run('log', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const keeps = lines.filter(({ verdict }) => verdict === 'keep');
  expect(keeps.length).toBeGreaterThan(0);
  expect(Math.min(...keeps.map(({ metric }) => metric))).toBeLessThan(0.9979);

  const [header, baseline, ...rows] = (await run('export', '--format', 'tsv')).stdout.trim().split('\n');
  expect(header).toBe(HEADER);
  expect(baseline).toMatch(/^[0-9a-f]{7}\t0\.997900\t\d+\.\d\tkeep\tbaseline$/);
  for (const row of rows)
    expect(row).toMatch(/^[0-9a-f]{7}\t\d\.\d{6}\t\d+\.\d\t(keep|discard|crash)\t[^\t]+$/);
  expect(rows.filter((row) => row.split('\t')[3] === 'keep')).toHaveLength(keeps.length);

  expect(git('status', '--porcelain')).toBe('M program.md');
  const changed = git(
    'diff',
    '--name-only',
    git('for-each-ref', '--format=%(refname)', 'refs/ratchet/*/baseline'),
    git('for-each-ref', '--format=%(refname)', 'refs/heads/ratchet'),
  );
  expect(changed).toBe('train.py');
  expect(existsSync(join(folder, '__pycache__'))).toBe(false);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A Node that strips no types stands for one that is too old. */
const TOO_OLD = ['--no-experimental-strip-types'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-launcher-'));
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function launch(nodeArguments: readonly string[], ...args: string[]) {
  const child = spawn(process.execPath, [...nodeArguments, join(folder, 'bin', 'ratchet.js'), ...args]);
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    said.stdout += `${line}\n`;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }));
  return { child, lines, ended };
}

test('under a Node that is too old the same command line runs under the one that comes along', async () => {
  write(
    'src/cli.ts',
    'const words: string[] = process.argv.slice(2); console.log(process.version, ...words); process.exitCode = 3;',
  );
  const { code, stdout, stderr } = await launch(TOO_OLD, 'log', '--json').ended;
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout).toMatch(/^v2\d\.\d+\.\d+ log --json\n$/);
});

test('neither node:sqlite nor type stripping leaves a warning, and a warning of another kind is printed', async () => {
  write(
    'src/cli.ts',
    "import 'node:sqlite'; const kind: string = 'PlainWarning'; process.emitWarning('look', kind);",
  );
  for (const flags of [[], TOO_OLD]) {
    const { code, stderr } = await launch(flags).ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('Experimental');
    expect(stderr).toContain('PlainWarning: look');
  }
});

test('built JavaScript is used where there is no source', async () => {
  write('dist/cli.js', "console.log('built');");
  expect((await launch([]).ended).stdout).toBe('built\n');
  write('src/cli.ts', "console.log('source');");
  expect((await launch([]).ended).stdout).toBe('source\n');
});

test('a signal to the launcher reaches the command, whose own exit code is the answer', async () => {
  write(
    'src/cli.ts',
    "process.on('SIGINT', () => process.exit(130)); setInterval(() => {}, 1000); console.log('ready');",
  );
  const { child, lines, ended } = launch(TOO_OLD);
  await once(lines, 'line');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, signal: null });
});

test('a command that dies of a signal takes the launcher along in the same way', async () => {
  write('src/cli.ts', "setInterval(() => {}, 1000); console.log('ready');");
  const { child, lines, ended } = launch(TOO_OLD);
  await once(lines, 'line');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
});

test('without the Node that comes along, the message says which Node is needed and how to get it', async () => {
  write('src/cli.ts', '');
  rmSync(join(folder, 'node_modules'));
  // As npm leaves it where install scripts are blocked.
  write('node_modules/node/package.json', '{ "name": "node" }');
  const { code, stderr } = await launch(TOO_OLD).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('needs Node 24 or newer');
  expect(stderr).toContain('npm rebuild node');
});

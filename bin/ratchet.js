#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on any Node from 20 up, to find the Node that Ratchet itself needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_MAJOR = 24;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'cli.ts');
const built = join(root, 'dist', 'cli.js');
const entry = existsSync(built) && !existsSync(source) ? '../dist/cli.js' : '../src/cli.ts';

function runningNodeSuffices() {
  const major = Number.parseInt(process.versions.node, 10);
  return major >= OLDEST_MAJOR && (entry.endsWith('.js') || Boolean(process.features.typescript));
}

/**
 * Path of the Node that the npm package `node` brought along. Undefined where its install script did not run, and where
 * this process is that very Node: without flags of its own it would fare no better a second time.
 */
function packagedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const name = process.platform === 'win32' ? 'node.exe' : 'node';
    const binary = join(dirname(manifest), 'bin', name);
    const another = binary !== process.execPath || process.execArgv.length > 0;
    return another && existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs this same command line under another Node and ends as that one ends. A terminal's Ctrl-C reaches both processes
 * and is forwarded too: whoever counts interrupts takes those of one moment as one, as under `npm start` it must anyway.
 */
function runUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.on('error', (error) => {
    console.error(`ratchet: cannot start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward);
    if (signal === null) process.exit(code ?? 1);
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
    process.kill(process.pid, signal);
  });
}

/** node:sqlite and type stripping work, and their warnings on every start would tell a user nothing. */
function silenceExperimentalWarnings() {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const print of printers) print.call(process, warning);
  });
}

if (runningNodeSuffices()) {
  silenceExperimentalWarnings();
  await import(entry);
} else {
  const node = packagedNode();
  if (node === undefined) {
    console.error(
      `ratchet: needs Node ${OLDEST_MAJOR} or newer, and this is Node ${process.versions.node}. ` +
        'The Node that comes with Ratchet is missing, since its install script did not run: ' +
        `run "npm rebuild node" in ${root}, or install Node ${OLDEST_MAJOR}.`,
    );
    process.exitCode = 1;
  } else {
    runUnder(node);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StudyId } from '../../model/identity.ts';
import type { StudyLimit } from '../../model/limit.ts';
import { printable } from '../../process/printable.ts';
import type { Lab } from '../find-lab.ts';

/** Beside this file, as source or as it was built. */
const PROGRAM = fileURLToPath(new URL(`process-of-run${extname(import.meta.url)}`, import.meta.url));
/** What the page's process may say of itself, in characters. */
const MOST_SAID = 4_000;
/** How long it may take to show the last verdicts and end, in milliseconds. */
const PATIENCE = 2_000;

/** The page of a run, in a process of its own: whatever becomes of it, the run goes on. */
export interface PageOfRun {
  /** Undefined until it is served. */
  readonly address: () => string | undefined;
  /** Shows what came last, and ends. */
  close(): Promise<void>;
}

/** What its process is told. */
export interface PageOfRunOrder {
  readonly lab: Lab;
  readonly study: StudyId;
  readonly version: string;
  /** Beside those of the program: of what the whole study uses. */
  readonly limits: readonly StudyLimit[];
  readonly host?: string;
  readonly port?: number;
}

export interface PageOfRunWish extends PageOfRunOrder {
  /** Told why there is no page, if there is none. */
  readonly onProblem: (sentence: string) => void;
}

/** Starts the page of a run. It reads the ledger by itself, at a lower priority, and ends with this process. */
export function startPageOfRun({ onProblem, ...order }: PageOfRunWish): PageOfRun {
  const args = ['--disable-warning=ExperimentalWarning', PROGRAM, JSON.stringify(order)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let address: string | undefined;
  let said = '';
  let isClosing = false;
  // It may be gone before it is written to; that is told by its exit.
  child.stdin?.on('error', () => undefined);
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    address ??= /^http:\/\/\S+$/m.exec(text)?.[0];
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < MOST_SAID) said += text;
    for (const [, warning] of text.matchAll(/^warning: (.*)$/gm))
      onProblem(`the page: ${printable(warning!)}`);
  });
  child.once('error', (cause) => onProblem(`there is no page: it could not be started: ${cause.message}`));
  child.once('exit', () => {
    const why = printable(
      said
        .replace(/^ratchet: /, '')
        .trim()
        .split('\n', 1)[0] ?? '',
    );
    if (!isClosing)
      onProblem(
        `${address === undefined ? 'there is no page' : 'the page is gone'}: ${why || 'its process ended'}`,
      );
    address = undefined;
  });
  letGo(child);
  return {
    address: () => address,
    async close() {
      isClosing = true;
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.ref();
      child.stdin?.end();
      await Promise.race([once(child, 'exit'), sleep(PATIENCE, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
}

/** Nothing of it keeps this process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr])
    (pipe as { unref?: () => void } | null)?.unref?.();
}

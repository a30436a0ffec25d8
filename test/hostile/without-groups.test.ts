import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import type { Ending } from '../../src/process/ending.ts';
import { countsProcesses, enforcementHere } from '../../src/process/enforcement.ts';
import { reasonToSkip } from '../crash/strace.ts';
import { isSandboxed } from './remains.ts';

/** `nobody`, wherever there is one; it need not be. */
const ORDINARY = 65_534;
const PROGRAM = join(import.meta.dirname, '..', 'fixtures', 'ordinary-user.ts');

const isRoot = process.getuid?.() === 0;

interface Trial {
  readonly sandbox: string;
  readonly counts: boolean;
  readonly ending: Ending;
  readonly lines: readonly string[];
}

/** A trial of a user who is not root, on a machine without control groups. */
function trialOf(command: string, processes: number): Trial {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ratchet-ordinary-'));
  if (isRoot) chownSync(folder.path, ORDINARY, ORDINARY);
  const { status, stdout, stderr } = asOrdinary([PROGRAM, folder.path, String(processes), command]);
  if (status !== 0) throw new Error(`the trial's engine ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function asOrdinary(words: readonly string[]) {
  const user = [`--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups'];
  const [program, ...all] = [...(isRoot ? ['setpriv', ...user] : []), process.execPath, ...words];
  return spawnSync(program!, all, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: '/' }, cwd: '/' });
}

function problem(): string | undefined {
  if (process.platform !== 'linux') return 'this is about Linux';
  if (!isSandboxed(enforcementHere())) return 'bubblewrap does not work here';
  if (asOrdinary(['-e', `fs.accessSync(${JSON.stringify(PROGRAM)})`]).status !== 0)
    return 'no user but root can read this checkout';
  const { sandbox, counts } = trialOf('true', 50);
  if (sandbox !== 'bubblewrap') return 'bubblewrap does not work here for a user who is not root';
  return counts ? undefined : 'this Linux does not count the processes of a user namespace by themselves';
}

const missing = reasonToSkip(problem());

/** Tells of each one that it could start and that goes on; then it stays, without starting any. */
const BOMB = '(i=0; while sleep 60 & do i=$((i + 1)); echo $i; done) 2> /dev/null; while :; do :; done';

test.skipIf(missing)(
  'without control groups the system refuses what is beyond the limit on processes',
  () => {
    const { ending, lines } = trialOf(BOMB, 20);
    // Three are there before: the sandbox's own shell, the command's, and the one that counts.
    expect(Math.max(...lines.map((line) => Number.parseInt(line, 10) || 0))).toBeOneOf([15, 16, 17]);
    expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'processes', limit: 20 } });
  },
);

test.skipIf(missing)('what else its user runs counts for nothing in a trial', () => {
  const { ending, lines } = trialOf('sleep 0 & sleep 0 & wait; echo fine', 6);
  expect({ kind: ending.kind, lines }).toEqual({ kind: 'exited', lines: ['fine'] });
});

const isRealRoot = isRoot && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));

test.skipIf(!isRealRoot)('as root of the machine no such limit is said to hold', () => {
  expect(countsProcesses(enforcementHere().sandbox)).toBe(false);
});

import { spawnSync } from 'node:child_process';

/** A fault that strace puts at one system call, counted in each process and thread of the engine and its children. */
export interface Fault {
  /** System calls as strace names them; several, divided by commas, are counted together. */
  readonly call: string;
  /** `KILL` ends the process that makes the call; all others are what the call answers instead of doing its work. */
  readonly answer: 'KILL' | 'ENOSPC' | 'EIO' | 'EMFILE' | 'EAGAIN';
  /** The call that fails, from 1 on, and whether all later ones do too, as on a disk that stays full. */
  readonly at: number;
  readonly lasting?: true;
  /** Only git processes whose command line holds this word; @default the engine and everything below it */
  readonly git?: string;
}

export function nameOf({ call, answer, at, lasting, git }: Fault): string {
  const who = git === undefined ? '' : `git ${git}: `;
  return `${who}${answer} at ${call.split(',')[0]} ${at}${lasting ? ' and after' : ''}`;
}

/** Arguments of strace that make the fault happen, and leave a trace of it in `log`. */
export function straceArguments(fault: Fault, log: string): string[] {
  const when = `when=${fault.at}${fault.lasting ? '+' : ''}`;
  const effect = fault.answer === 'KILL' ? 'signal=KILL' : `error=${fault.answer}`;
  // Stopping at these calls only (seccomp) lets the rest run as fast as ever, but then no signal is delivered.
  const only = ['-f', ...(fault.answer === 'KILL' ? [] : ['--seccomp-bpf']), '-e', `trace=${fault.call}`];
  return [...only, '-o', log, '-e', `inject=${fault.call}:${effect}:${when}`];
}

/** Why no fault can be injected on this machine; undefined where one can. */
export function straceIsMissing(): string | undefined {
  const probe = spawnSync('strace', [
    '-f',
    '--seccomp-bpf',
    '-o',
    '/dev/null',
    '-e',
    'inject=link:error=EIO',
    'true',
  ]);
  if (probe.error !== undefined) return 'strace is not installed';
  return probe.status === 0 ? undefined : `strace cannot trace here: ${String(probe.stderr).trim()}`;
}

/** What a suite does about a program that it needs: a reason to skip, or an error where nothing may be skipped. */
export function reasonToSkip(problem: string | undefined): string | undefined {
  if (problem !== undefined && process.env.RATCHET_REQUIRE_ALL === '1') throw new Error(problem);
  return problem;
}

import type { ExceededLimit } from '../model/limit.ts';
import type { Usage } from '../model/trial.ts';
import type { OutputSummary } from './capture.ts';
import type { Limits } from './limits.ts';
import { type Exit, exitOf, parseReport } from './shell.ts';
import type { RootExit } from './start.ts';

/** Why a run ended: the first of these that happened. */
export type Cause =
  | Exit
  | { readonly kind: 'limit'; readonly exceeded: ExceededLimit }
  | { readonly kind: 'cancelled' }
  /** The machine's doing: a full disk, no processes left. */
  | { readonly kind: 'fault'; readonly cause: Error };

export type Ending =
  | { readonly kind: 'could-not-start'; readonly cause: Error }
  | (Cause & { readonly usage: Usage; readonly output: OutputSummary });

/** What a run used and gave that never began. */
export const NOTHING = {
  usage: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
  output: { bytes: 0, droppedBytes: 0, tail: '' },
};

/**
 * How a tree that was not made to end has ended, and the CPU time of any that has. A limit that was passed between two
 * looks counts all the same, so that a verdict does not hang on when we looked.
 *
 * @param sampledCpuSeconds what the looks at the tree saw; the root's own report can only add to it.
 * @param said the last line of its output: why it never began, where it did not
 */
export function ownEnd(
  limits: Limits,
  sampledCpuSeconds: number,
  exit: Pick<RootExit, 'code' | 'signal'>,
  reportText: string,
  said: string,
): { readonly cause: Cause; readonly cpuSeconds: number } {
  const report = parseReport(reportText);
  const reported = report.kind === 'ended' ? report.cpuSeconds : 0;
  const cpuSeconds = Math.max(sampledCpuSeconds, reported);
  if (limits.cpuSeconds !== undefined && cpuSeconds > limits.cpuSeconds) {
    const exceeded: ExceededLimit = { type: 'cpu', value: cpuSeconds, limit: limits.cpuSeconds };
    return { cause: { kind: 'limit', exceeded }, cpuSeconds };
  }
  if (report.kind === 'ended') return { cause: exitOf(report.status), cpuSeconds };
  if (exit.signal !== null) return { cause: { kind: 'signalled', signal: exit.signal }, cpuSeconds };
  if (report.kind === 'never-began') {
    const cause = new Error(`what holds a trial could not be set up${said === '' ? '' : `: ${said}`}`);
    return { cause: { kind: 'fault', cause }, cpuSeconds };
  }
  if (exit.code !== null) return { cause: { kind: 'exited', code: exit.code }, cpuSeconds };
  throw new Error('a process ended with neither an exit code nor a signal');
}

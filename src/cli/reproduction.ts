import { counted, decimalsFor, formatValue, withUnit } from '../lab/numbers.ts';
import { gain } from '../model/objective.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import { oneLine } from '../process/one-line.ts';

/** A recorded trial beside its replay. Values in the metric's unit. */
export type Compared =
  | { readonly kind: 'equal'; readonly trial: number; readonly replay: number; readonly value: number }
  | {
      readonly kind: 'different';
      readonly trial: number;
      readonly replay: number;
      readonly recorded: number;
      readonly value: number;
    }
  | { readonly kind: 'failed'; readonly trial: number; readonly replay: number; readonly reason: string };

export function sentenceOf(compared: Compared): string {
  const which = `trial ${compared.trial}, replayed as ${compared.replay}:`;
  switch (compared.kind) {
    case 'equal':
      return `${which} equal, ${compared.value}`;
    case 'different':
      return `${which} DIFFERENT, ${compared.recorded} then and ${compared.value} now`;
    case 'failed':
      return `${which} FAILED, ${compared.reason}`;
    default:
      return compared satisfies never;
  }
}

/** Whether what was measured can be had again; and of a keep that can not, whether it is a gain all the same. */
export function conclusionOf(
  state: StudyState,
  experiment: Experiment | undefined,
  compared: readonly Compared[],
): string {
  const name = experiment === undefined ? 'the baseline' : `#${experiment.proposal.experiment}`;
  const equal = compared.filter(({ kind }) => kind === 'equal').length;
  const count = `${equal} of ${counted(compared.length, 'trial')} measured the same number again`;
  if (equal === compared.length) return `${name} reproduces: ${count}`;
  const left = experiment && gainLeft(state, experiment, compared);
  return `${name} does NOT reproduce: ${count}${left === undefined ? '' : `; ${left}`}`;
}

/** What a keep gains on its parent, as that was measured then, by what its replays measured. */
function gainLeft(
  { study: { objective } }: StudyState,
  experiment: Experiment,
  compared: readonly Compared[],
): string | undefined {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return undefined;
  const values = compared.flatMap((one) => (one.kind === 'failed' ? [] : one.value));
  if (values.length === 0) return undefined;
  const { parent, candidate } = experiment.verdict.evidence;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const now = gain(objective, parent, mean);
  const amount = (value: number) =>
    withUnit(formatValue(Math.abs(value), decimalsFor(objective, parent)), oneLine(objective.unit));
  const then = `${amount(gain(objective, parent, candidate))} when it was kept`;
  return now > 0
    ? `it still is better than its parent, by ${amount(now)} (${then})`
    : `it is no better than its parent any more: worse by ${amount(now)} (better by ${then})`;
}

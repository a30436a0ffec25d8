import type { Cost, EquivalentCompute } from '../../model/stack-report.ts';
import type { StudyState } from '../../model/study.ts';
import { type CurvePoint, engineMetric } from '../../model/trial.ts';
import { meanOf } from '../../statistics/noise.ts';
import { followedMetric } from '../learn/forecast.ts';
import type { Measured } from '../learn/samples.ts';

/** What the engine measures of every trial. */
const MEASURED = ['wall_seconds', 'cpu_seconds', 'peak_memory_mb'];

/** Of what both sides tell of themselves, parameters or steps for example, and of what the engine measures. */
export function costsOf(champion: readonly Measured[], baseline: readonly Measured[]): Cost[] {
  const names = [...MEASURED, ...Object.keys(othersOf(baseline[0]))];
  return names.flatMap((name): Cost[] => {
    const before = baseline.flatMap((measured) => costOf(measured, name) ?? []);
    const after = champion.flatMap((measured) => costOf(measured, name) ?? []);
    if (before.length === 0 || after.length === 0) return [];
    return [{ name, baseline: meanOf(before), champion: meanOf(after) }];
  });
}

function costOf(measured: Measured, name: string): number | undefined {
  return engineMetric(measured.trial.usage, name) ?? othersOf(measured)[name];
}

function othersOf(measured: Measured | undefined): Readonly<Record<string, number>> {
  const outcome = measured?.trial.outcome;
  return outcome?.kind === 'completed' ? outcome.others : {};
}

/**
 * The share of the baseline's budget after which the champion is as far as the baseline ends, by straight lines between the
 * points of its curves; undefined where the lab reports no progress, or the champion does not come so far. What is better
 * of a streamed metric is told by which way the baseline's own curve goes.
 */
export function equivalentCompute(
  state: StudyState,
  champion: readonly Measured[],
  baseline: readonly Measured[],
): EquivalentCompute | undefined {
  const metric = followedMetric(
    state,
    baseline.map(({ trial }) => trial),
  );
  if (metric === undefined) return undefined;
  const ends = baseline.flatMap(({ trial }) => trial.curve.at(-1)?.values[metric] ?? []);
  const starts = baseline.flatMap(({ trial }) => trial.curve[0]?.values[metric] ?? []);
  if (ends.length === 0 || meanOf(ends) === meanOf(starts)) return undefined;
  const sign = meanOf(ends) > meanOf(starts) ? 1 : -1;
  const target = meanOf(ends);
  const reached = champion.map(({ trial }) =>
    reachedAt(trial.curve, metric, (value) => sign * (value - target)),
  );
  const shares = reached.flatMap((at) => at?.progress ?? []);
  // A mean over only those that come so far would flatter the others.
  if (shares.length === 0 || shares.length < champion.length) return undefined;
  const isBound = reached.some((at) => at?.isFirst);
  return { metric, share: meanOf(shares), isBound, trials: shares.length };
}

/** Where a curve passes the target first: `lead` is 0 or more from there on. */
function reachedAt(
  curve: readonly CurvePoint[],
  metric: string,
  lead: (value: number) => number,
): { readonly progress: number; readonly isFirst: boolean } | undefined {
  let before: { readonly progress: number; readonly lead: number } | undefined;
  for (const { progress, values } of curve) {
    const value = values[metric];
    if (value === undefined) continue;
    const now = { progress, lead: lead(value) };
    if (now.lead >= 0) {
      if (before === undefined) return { progress, isFirst: true };
      const way = -before.lead / (now.lead - before.lead);
      return { progress: before.progress + way * (progress - before.progress), isFirst: false };
    }
    before = now;
  }
  return undefined;
}

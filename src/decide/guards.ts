import type { Guard } from '../model/program.ts';
import { type EndedTrial, engineMetric } from '../model/trial.ts';
import { studentCdf } from '../statistics/distributions.ts';
import { meanOf, pooled } from '../statistics/noise.ts';
import { digits } from './digits.ts';
import { MOST_LUCK } from './learn/worth.ts';

/** What a candidate's trials say of a program's guards. */
export type GuardFinding =
  | { readonly kind: 'kept' }
  /** `how` is the second half of a sentence. */
  | { readonly kind: 'broken'; readonly how: string }
  /** Its mean lies so close to the limit, for its noise, that another trial may tell. */
  | { readonly kind: 'unclear'; readonly how: string };

const KEPT: GuardFinding = { kind: 'kept' };

/**
 * Holds a candidate's trials against each guard: by their mean, and by how far one run lies from another, in its own trials and
 * the champion's. What is on one side of its limit with a chance of 90% is there; without any noise, or with nothing known of
 * it, the mean decides. The first guard that is not kept is the answer, a broken one before an unclear one.
 *
 * @param champion trials of the champion, which only tell the noise
 */
export function guardFinding(
  guards: readonly Guard[],
  trials: readonly EndedTrial[],
  champion: readonly EndedTrial[],
): GuardFinding {
  const findings = guards.map((guard) => findingOf(guard, trials, champion));
  return (
    findings.find(({ kind }) => kind === 'broken') ?? findings.find(({ kind }) => kind === 'unclear') ?? KEPT
  );
}

function findingOf(
  guard: Guard,
  trials: readonly EndedTrial[],
  champion: readonly EndedTrial[],
): GuardFinding {
  const values = valuesOf(trials, guard.name);
  if (values.length < trials.length) return { kind: 'broken', how: notMeasured(guard) };
  const { variance, freedom } = pooled([values, valuesOf(champion, guard.name)]);
  const error = Math.sqrt(variance / values.length);
  for (const { room, how } of limitsOf(guard, meanOf(values))) {
    const breach = error > 0 ? studentCdf(-room / error, freedom) : room < 0 ? 1 : 0;
    if (breach >= 1 - MOST_LUCK) return { kind: 'broken', how };
    if (breach > MOST_LUCK) return { kind: 'unclear', how };
  }
  return KEPT;
}

/** The second half of a sentence on the first guard that the means break; undefined where they keep them all. */
export function brokenByMean(guards: readonly Guard[], trials: readonly EndedTrial[]): string | undefined {
  for (const guard of guards) {
    const values = valuesOf(trials, guard.name);
    if (values.length < trials.length) return notMeasured(guard);
    const broken = limitsOf(guard, meanOf(values)).find(({ room }) => room < 0);
    if (broken) return broken.how;
  }
  return undefined;
}

function notMeasured({ name }: Guard): string {
  return `the guard ${name} was not measured`;
}

/** How much room a value leaves to each limit, and what is to be said where it leaves none. */
function limitsOf(
  { name, min, max }: Guard,
  value: number,
): { readonly room: number; readonly how: string }[] {
  return [
    ...(max === undefined ? [] : [{ room: max - value, how: `${name} is ${digits(value)}, above ${max}` }]),
    ...(min === undefined ? [] : [{ room: value - min, how: `${name} is ${digits(value)}, below ${min}` }]),
  ];
}

function valuesOf(trials: readonly EndedTrial[], name: string): number[] {
  return trials.flatMap(({ usage, outcome }) => {
    const others = outcome.kind === 'completed' ? outcome.others : {};
    return engineMetric(usage, name) ?? (Object.hasOwn(others, name) ? others[name]! : []);
  });
}

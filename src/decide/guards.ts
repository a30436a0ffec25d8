import type { Guard } from '../model/program.ts';
import { type EndedTrial, engineMetric } from '../model/trial.ts';
import { meanOf } from '../statistics/noise.ts';
import { digits } from './digits.ts';

/**
 * The first guard that a candidate breaks by the mean of its trials, as the second half of a sentence; undefined where it
 * keeps them all. A guard's noise shrinks with the trials like the objective's: one bad run does not break it alone.
 */
export function brokenGuard(guards: readonly Guard[], trials: readonly EndedTrial[]): string | undefined {
  for (const { name, min, max } of guards) {
    const values = trials.flatMap((trial) => guardedValue(trial, name) ?? []);
    if (values.length < trials.length) return `the guard ${name} was not measured`;
    const value = meanOf(values);
    if (max !== undefined && value > max) return `${name} is ${digits(value)}, above ${max}`;
    if (min !== undefined && value < min) return `${name} is ${digits(value)}, below ${min}`;
  }
  return undefined;
}

function guardedValue({ usage, outcome }: EndedTrial, name: string): number | undefined {
  const others = outcome.kind === 'completed' ? outcome.others : {};
  return engineMetric(usage, name) ?? (Object.hasOwn(others, name) ? others[name] : undefined);
}

import type { Guard } from '../model/program.ts';
import { engineMetric, type Usage } from '../model/trial.ts';
import { digits } from './digits.ts';

/** The first guard that a trial breaks, as the second half of a sentence; undefined where it keeps them all. */
export function brokenGuard(
  guards: readonly Guard[],
  usage: Usage,
  others: Readonly<Record<string, number>>,
): string | undefined {
  for (const { name, min, max } of guards) {
    const told = Object.hasOwn(others, name) ? others[name] : undefined;
    const value = engineMetric(usage, name) ?? told;
    if (value === undefined) return `the guard ${name} was not measured`;
    if (max !== undefined && value > max) return `${name} is ${digits(value)}, above ${max}`;
    if (min !== undefined && value < min) return `${name} is ${digits(value)}, below ${min}`;
  }
  return undefined;
}

import type { Objective } from '../model/objective.ts';
import type { SyntaxSize } from '../model/proposal.ts';
import type { Belief, Estimate } from '../statistics/effects.ts';
import { digits } from './digits.ts';

/** `better by 0.0031 bits/byte`. */
function lead({ unit }: Objective, gain: number): string {
  const of = unit === '' ? '' : ` ${unit}`;
  if (gain === 0) return 'no difference';
  return `${gain > 0 ? 'better' : 'worse'} by ${digits(Math.abs(gain))}${of}`;
}

export function keepReason(objective: Objective, belief: Belief, trials: number): string {
  const runs = trials === 1 ? 'one trial' : `${trials} trials`;
  return `${lead(objective, belief.mean)}, as far as ${runs} can be believed; the chance that it is luck is ${percent(belief.luck)}`;
}

export function discardReason(objective: Objective, estimate: Estimate, belief: Belief): string {
  const seen = lead(objective, estimate.gain);
  if (estimate.gain <= 0) return seen;
  return `${seen} as measured, but the chance that this is luck is ${percent(belief.luck)}, and more trials are not worth it`;
}

export function simplerReason({ before, after }: SyntaxSize, tolerance: number): string {
  return `simpler by ${before - after} syntax nodes, and not worse by more than ${digits(tolerance)}`;
}

function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1%';
  return `${Math.round(share * 100)}%`;
}

import type { Objective } from '../../model/objective.ts';
import type { Site } from '../sites/site.ts';
import type { Attempt, History } from './history.ts';
import { became } from './hypothesis.ts';
import { type Move, moveTo, overlaps } from './move.ts';

/** Discards that count as near a keep. */
const NEAREST = 8;

/** Two moves at once, and why. */
export interface Combination {
  readonly moves: readonly [Move, Move];
  readonly reason: string;
  /** The sum of what each half gave alone, where that is known and above 0. */
  readonly expectedGain?: number;
}

/**
 * Two discards that came near a keep, made together: what each lacked alone may be reached by both. Undefined where
 * fewer than two are left on this champion.
 */
export function nearMissPair(
  sites: ReadonlyMap<string, Site>,
  history: History,
  objective: Objective,
  random: () => number,
): Combination | undefined {
  const near = history.nearMisses
    .flatMap((attempt) => {
      const site = sites.get(attempt.edit.site);
      const move = site && moveTo(site, attempt.edit.value);
      return move === undefined ? [] : [{ attempt, move }];
    })
    .slice(0, NEAREST);
  const first = near[Math.floor(random() * near.length)];
  if (first === undefined) return undefined;
  const partners = near.filter(
    ({ move }) => move.site !== first.move.site && !overlaps(move.site, first.move.site),
  );
  const second = partners[Math.floor(random() * partners.length)];
  if (second === undefined) return undefined;
  const fates = [first, second].map(
    ({ attempt }) => `${became(attempt, objective)} (#${attempt.experiment})`,
  );
  const sum = gainOf(first.attempt) + gainOf(second.attempt);
  return {
    moves: [first.move, second.move],
    reason: `apart the first ${fates[0]} and the second ${fates[1]}, among the nearest to a keep`,
    ...(sum > 0 ? { expectedGain: sum } : {}),
  };
}

function gainOf({ result }: Attempt): number {
  return result.kind === 'discard' ? result.gain : 0;
}

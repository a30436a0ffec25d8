import type { Move } from './move.ts';

/** Moves to draw from, each by its weight. */
export interface Pool {
  /** Draws a move and removes it; other moves of its site become unlikely, so that one batch asks many questions. */
  take(): Move | undefined;
  /** Draws a move and leaves it. */
  look(): Move | undefined;
}

const SAME_SITE_FACTOR = 0.05;

export function createPool(moves: readonly Move[], random: () => number): Pool {
  const weights = moves.map(({ weight }) => weight);
  const draw = (): number | undefined => {
    let rest = random() * weights.reduce((total, weight) => total + weight, 0);
    for (const [index, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return index;
    }
    return undefined;
  };
  return {
    look: () => moves[draw() ?? -1],
    take: () => {
      const index = draw();
      const taken = moves[index ?? -1];
      if (index === undefined || taken === undefined) return undefined;
      for (const [other, move] of moves.entries()) {
        if (move.site === taken.site) weights[other]! *= SAME_SITE_FACTOR;
      }
      weights[index] = 0;
      return taken;
    },
  };
}

import type { Policy, Stop } from './policy.ts';
import { World } from './world.ts';

/** Shares of the largest gain that the oracle tries as the least gain worth finishing. */
const THRESHOLDS = [0, 0.02, 0.05, 0.08, 0.12, 0.17, 0.23, 0.3, 0.4] as const;
const LOOK = 0.1;

/**
 * No noise, and nothing to learn: sees each true effect, after a whole slot, or after a tenth of one where trials may be
 * stopped. Then it finishes, for the rest of the slot, and keeps, only the gains above a threshold: the one that turns out
 * best for this very study.
 */
export function oracle(stop: Stop): Policy {
  return (world) => {
    if (stop === 'none') play(world, 1, 0);
    else {
      const { setting, slots, seed } = world;
      const gains = THRESHOLDS.map((share) => {
        const rehearsal = new World(setting, slots, seed);
        play(rehearsal, LOOK, share * setting.gains[1]);
        return rehearsal.champion;
      });
      play(world, LOOK, THRESHOLDS[gains.indexOf(Math.max(...gains))]! * setting.gains[1]);
    }
    return { value: world.champion, certified: [] };
  };
}

function play(world: World, look: number, threshold: number): void {
  while (!world.isOver) {
    const idea = world.propose();
    if (idea.crashes) {
      world.crash();
      continue;
    }
    world.spend(look);
    if (idea.effect <= threshold) continue;
    world.spend(1 - look);
    world.keep(idea);
  }
}

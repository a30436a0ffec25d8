import type { Sample } from '../../src/statistics/noise.ts';
import type { World } from './world.ts';

/** What a policy claims at the end: how much better than the baseline its champion is. */
export interface Claim {
  readonly gain: number;
}

/** Keeps whatever scores better than the champion's recorded value by more than the smallest effect. */
export function greedy(world: World, stops: boolean): Claim {
  const { minimumEffect } = world.setting;
  const first = complete(world, world.champion, 0);
  let best = first.sample.value;
  let curve = first.curve;
  const start = best;
  while (!world.isOver) {
    const idea = world.propose();
    if (idea.crashes) {
      world.crash();
      continue;
    }
    const goesOn = (seen: readonly number[]) => seen.at(-1)! - curve[seen.length - 1]! >= minimumEffect;
    const run = world.run(world.champion + idea.effect, 0, stops ? goesOn : undefined);
    if (run.kind !== 'completed' || run.sample.value <= best) continue;
    world.keep(idea.effect);
    best = run.sample.value;
    curve = run.curve;
  }
  return { gain: best - start };
}

export function complete(
  world: World,
  level: number,
  seed: number,
): { sample: Sample; curve: readonly number[] } {
  const run = world.run(level, seed);
  if (run.kind !== 'completed') throw new Error('a trial that nobody stops completes');
  return run;
}

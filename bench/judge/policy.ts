import type { World } from './world.ts';

/** What a policy says at the end of a study. */
export interface Claim {
  /** What it says that its champion scores, in the metric's unit; the baseline's true value is 0. */
  readonly value: number;
  /** True effect of each change that it certified; none for a policy that certifies nothing. */
  readonly certified: readonly number[];
}

/** A rule for keeping changes, playing one simulated study to its end. */
export type Policy = (world: World) => Claim;

/** Whether trials are ended early: never, by the same plain screen for every policy, or by the policy's own rule. */
export type Stop = 'none' | 'plain' | 'own';

/**
 * The same early stop for all: a trial ends at the checkpoint where it is not ahead of the champion's curve by the smallest
 * effect. `reference` is what the policy takes for that curve.
 */
export function plainScreen(
  world: World,
  reference: (checkpoint: number) => number,
): (curve: readonly number[]) => boolean {
  const { minimumEffect } = world.setting;
  return (curve) => curve.at(-1)! - reference(curve.length - 1) >= minimumEffect;
}

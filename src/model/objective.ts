export type Direction = 'minimize' | 'maximize';

/** What "better" means in a study. Fixed before the first trial. */
export interface Objective {
  /** Name of the metric, as the lab prints it. */
  readonly name: string;
  /** For people: `bits/byte`, `ms`, `%`. May be empty. */
  readonly unit: string;
  readonly direction: Direction;
  /** The smallest gain worth keeping, in the metric's unit, 0 or more. */
  readonly minimumEffect: number;
}

/** How much better `to` is than `from`, in the metric's unit; positive is better whatever the direction. */
export function gain(objective: Objective, from: number, to: number): number {
  return objective.direction === 'minimize' ? from - to : to - from;
}

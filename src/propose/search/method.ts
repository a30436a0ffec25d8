/** The ways in which the built-in researcher comes by an idea. */
export const METHODS = [
  /** One site moves, by what became of it so far. */
  'steps',
  /** Two sites move that came near a keep alone, or were never tried. */
  'pairs',
  /** What was kept is put back, where others were kept since. */
  'ablation',
  /** The best place near the champion by a model of all that was measured. */
  'nearby',
  /** The best place anywhere by such a model. */
  'anywhere',
  /** A draw from a distribution that follows what was better (CMA-ES). */
  'evolution',
] as const;

export type Method = (typeof METHODS)[number];

/** Whether a method thinks for long: it makes a model of what was measured. */
export function isByModel(method: Method): boolean {
  return method === 'nearby' || method === 'anywhere';
}

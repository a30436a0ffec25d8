/** The kind of change that a proposal makes. A closed list, so that what pays can be learned per category. */
export const CATEGORIES = [
  'architecture',
  'activation',
  'normalisation',
  'initialisation',
  'optimiser',
  'schedule',
  'regularisation',
  'data',
  'size',
  'numeric',
  'algorithm',
  'removal',
  'merge',
  'content',
  'other',
] as const;

export type Category = (typeof CATEGORIES)[number];

/** The categories that are a direction to look in: not what is carried over, and not what has no name. */
export const DIRECTIONS: readonly Category[] = CATEGORIES.filter(
  (category) => category !== 'merge' && category !== 'other',
);

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

import type { Brief } from '../../model/researcher.ts';

/** What a brief is made of. */
export type BriefMaterial = Omit<Brief, 'seed'>;

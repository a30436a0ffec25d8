import type { Commit, Digest } from './identity.ts';

/** What the sealed evaluation printed of one champion, in the metric's unit. It lives as long as the question, and no longer. */
export interface SealedScores {
  /** Absent where it told scores of documents only. */
  readonly value?: number;
  /** By the document's name. */
  readonly documents: ReadonlyMap<string, number>;
}

/** One answer of the sealed evaluation. The numbers behind it are never told, so that nothing can be fitted to them. */
export interface HoldoutAnswer {
  readonly champion: Commit;
  /** What it was compared with: the champion of the last pass, or the baseline. */
  readonly against: Commit;
  readonly answer: 'pass' | 'fail';
  /** Of the sealed command and what it reads: after a change of either, the budget of questions is fresh. */
  readonly documents: Digest;
}

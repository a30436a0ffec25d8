import type { Commit } from './identity.ts';
import type { Program } from './program.ts';
import type { Draft } from './proposal.ts';
import type { StudyState } from './study.ts';

/** What a researcher is told before it proposes. */
export interface Brief {
  readonly program: Program;
  readonly champion: Commit;
  /** The champion's editable files: path relative to the lab, and text. */
  readonly sources: ReadonlyMap<string, string>;
  readonly state: StudyState;
  /** Deterministic source of luck for this call: equal briefs with equal seeds give equal drafts. 31 bits. */
  readonly seed: number;
}

/** Anything that proposes. It never measures, judges, or ends a study. */
export interface Researcher {
  readonly name: string;
  /**
   * At most `count` drafts, none of which repeats an edit of the ledger. An empty list means that it has no further
   * idea on this champion. Rejects when `signal` aborts, or on a fault of its own.
   */
  propose(brief: Brief, count: number, signal: AbortSignal): Promise<Draft[]>;
}

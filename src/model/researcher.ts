import type { Category } from './category.ts';
import type { Commit, ExperimentId } from './identity.ts';
import type { Program } from './program.ts';
import type { Draft } from './proposal.ts';
import type { Price } from './spending.ts';
import type { StudyState } from './study.ts';

/** How the newest experiment that failed did so. */
export interface LastFailure {
  readonly experiment: ExperimentId;
  /** The end of its output: a stranger's text. */
  readonly text: string;
}

/** Why a researcher is not shown the text of a file that it may change. Sizes in bytes. */
export type Unshown =
  | { readonly kind: 'large'; readonly bytes: number }
  | { readonly kind: 'binary'; readonly bytes: number }
  | { readonly kind: 'link' }
  /** There are too many of them. */
  | { readonly kind: 'beyond'; readonly most: number };

/** What a researcher is told before it proposes. */
export interface Brief {
  readonly program: Program;
  readonly champion: Commit;
  /** The champion's editable files: path relative to the lab, and text. */
  readonly sources: ReadonlyMap<string, string>;
  /** Those of them whose text is not among the sources: nobody changes what they have not seen. */
  readonly unshown: ReadonlyMap<string, Unshown>;
  readonly state: StudyState;
  readonly lastFailure: LastFailure | undefined;
  /** Ideas of people that nobody has tried yet, oldest first. */
  readonly suggestions: readonly string[];
  /** Deterministic source of luck for this call: equal briefs with equal seeds give equal drafts. 31 bits. */
  readonly seed: number;
}

/** What a researcher tells of a thought beside its drafts, as it happens: what was paid for counts also where the thought is cut short. */
export type Aside =
  /**
   * A payment, and the drafts that it brought: those of them that the thought returns in the end. Both are on disk together, or neither is,
   * whenever the engine dies.
   */
  | ({ readonly kind: 'spent'; readonly researcher: string; readonly bought: readonly Draft[] } & Price)
  /** An answer that became no draft, also when it was asked for again: an invalid experiment. */
  | {
      readonly kind: 'unusable';
      readonly researcher: string;
      readonly hypothesis: string;
      readonly category: Category;
      readonly reason: string;
    }
  /** It has nothing now, and is to be asked again after so many milliseconds: having no drafts until then is no end of ideas. */
  | { readonly kind: 'rests'; readonly milliseconds: number }
  /** It could not think: another one proposes meanwhile. */
  | { readonly kind: 'failed'; readonly researcher: string; readonly reason: string };

/** Anything that proposes. It never measures, judges, or ends a study. */
export interface Researcher {
  readonly name: string;
  /** Who proposes at once and at no cost where slots stand empty while this one thinks; absent where it is quick itself. */
  readonly meanwhile?: Researcher;
  /**
   * At most `count` drafts, none of which repeats an edit of the ledger. An empty list means that it has no further
   * idea on this champion, unless it told that it failed. Rejects when `signal` aborts, or on a fault of its own.
   */
  propose(brief: Brief, count: number, signal: AbortSignal, tell: (aside: Aside) => void): Promise<Draft[]>;
}

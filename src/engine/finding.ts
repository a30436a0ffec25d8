/** One thing about a study that is not as it should be. */
export interface Finding {
  readonly about: 'ledger' | 'copy' | 'refs' | 'objects' | 'lineage';
  /** The file, ref or commit. */
  readonly place: string;
  /** Follows the place: `is missing`. */
  readonly problem: string;
  /** What a person can do, or what `ratchet run` does by itself. */
  readonly mend: string;
}

export interface Findings {
  readonly problems: readonly Finding[];
  /** What a person may like to know, and nothing is wrong with. */
  readonly notes: readonly string[];
}

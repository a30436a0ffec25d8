/*
 * A report as what it says, without how it looks: markdown and HTML are written from the same, so that they cannot differ. Every text is on
 * one line and plain; whoever writes it escapes it.
 */

export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'faint';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      /** Said below the table, such as how many rows were left out. */
      readonly note?: string;
    }
  /** To be typed as they stand. */
  | { readonly kind: 'commands'; readonly commands: readonly Command[] };

export interface Command {
  readonly command: string;
  readonly what: string;
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Characters of a hypothesis in a row of a table: `ratchet show` has all of it. */
export const LONGEST_HYPOTHESIS = 300;

/** A number at a glance. */
export interface Figure {
  readonly title: string;
  readonly value: string;
  readonly note: string;
  readonly tone: Tone;
}

export interface Report {
  readonly title: string;
  /** Study, dates. */
  readonly about: string;
  /** What the study came to, in one sentence, and what else must be known of it. */
  readonly headline: { readonly sentence: string; readonly more: readonly string[]; readonly tone: Tone };
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
}

/** The first `most` rows, and a note where there are more. */
export function bounded<Row>(rows: readonly Row[], most: number): { rows: readonly Row[]; note?: string } {
  if (rows.length <= most) return { rows };
  return { rows: rows.slice(0, most), note: `${rows.length - most} more are left out.` };
}

import type { Category } from '../../model/category.ts';
import type { Family } from '../../model/edit.ts';

/** Where a value stands: a constant of the whole file, a name inside a function, or no name at all. */
export type Prominence = 'top' | 'local' | 'inner';

/** Where a lab says that a number may go, ends included. `low` is below `high`, and above 0 on a logarithmic scale. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly scale: 'log' | 'linear';
}

export interface Option {
  /** What the option is called in an edit, for example `relu`. */
  readonly value: string;
  /** What is written between `start` and `end`, for example `'relu'`. */
  readonly text: string;
}

/** Where another site must stand for this one to matter. */
export interface Condition {
  /** The id of a choice. */
  readonly site: string;
  /** The values of that choice under which this site is reached; none where nothing that is known leads here. */
  readonly values: readonly string[];
}

interface SiteBase {
  /**
   * Path, family and name, for example `train.ts#number:learningRate`. It stays the same when the value changes, and
   * when the file is edited elsewhere.
   */
  readonly id: string;
  readonly path: string;
  readonly family: Family;
  readonly prominence: Prominence;
  /** For people: `learningRate`, `betas[1]`, `hidden in mlp()`. */
  readonly name: string;
  readonly category: Category;
  /** How many of its like stand in one list; 1 for all else. */
  readonly siblings: number;
  /** What is replaced: indices into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Absent where the site matters always, or nobody can tell. */
  readonly condition?: Condition;
}

/** A place of a source file that can move. */
export type Site = SiteBase &
  (
    | {
        readonly kind: 'number';
        readonly value: number;
        readonly text: string;
        /** Written as a whole number. */
        readonly whole: boolean;
        /** Its name says that it is a quantity between whole numbers: a rate, a scale, a share. */
        readonly continuous: boolean;
        /** Must keep its decimal point: Python's 1.0 is not its 1. */
        readonly pointed: boolean;
        /** Said in a comment of the source; the present value may lie outside. */
        readonly range?: NumberRange;
      }
    | {
        readonly kind: 'choice';
        readonly value: string;
        /** All values but the present one, as declared. */
        readonly options: readonly Option[];
      }
    /** A statement or a part of an expression that can be taken out. */
    | { readonly kind: 'removal'; readonly excerpt: string; readonly options: readonly Option[] }
  );

export type NumberSite = Extract<Site, { kind: 'number' }>;

/** At most `length` characters on one line. */
export function excerptOf(text: string, length = 60): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

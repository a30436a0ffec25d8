/** Something in `program.md` that keeps a study from starting. */
export interface Mistake {
  /** From 1, in `program.md` as an editor counts them. */
  readonly line: number;
  /** From 1; absent where the whole line is meant. */
  readonly column?: number;
  readonly problem: string;
  /** What to write instead. */
  readonly mend: string;
}

/** Something in `program.md` that is read but has no effect yet. */
export interface Warning {
  readonly line: number;
  readonly column?: number;
  readonly problem: string;
}

/** In the order of the file. */
export function inOrder<Place extends { readonly line: number; readonly column?: number }>(
  places: readonly Place[],
): Place[] {
  return places.toSorted((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0));
}

/** `program.md:3:7: what is wrong`, and the mend on a line of its own. */
export function formatMistake(file: string, mistake: Mistake): string {
  return `${formatPlace(file, mistake)}: ${mistake.problem}\n  mend: ${mistake.mend}`;
}

/** `program.md:3:7: what has no effect`; whoever prints it says that it is a warning, as of every other. */
export function formatWarning(file: string, warning: Warning): string {
  return `${formatPlace(file, warning)}: ${warning.problem}`;
}

function formatPlace(file: string, place: Mistake | Warning): string {
  return place.column === undefined ? `${file}:${place.line}` : `${file}:${place.line}:${place.column}`;
}

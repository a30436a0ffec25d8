/**
 * The most that one event may hold, so that a ledger can always be read back in bounded memory.
 * Texts are counted in UTF-16 code units, lists in entries. Who writes an event shortens what may be longer.
 */
export const BOUNDS = {
  /** Names of metrics, researchers, executors, hosts and authors; versions, units, classes of hardware, job keys. */
  name: 200,
  path: 4096,
  hypothesis: 2000,
  reason: 2000,
  edit: 4000,
  /** Paths that one event names: uncommitted, refused, or in conflict. */
  paths: 100,
  /** Other metrics of a trial, or of one point of its curve. */
  metrics: 64,
  curve: 64,
  /** Trials that one verdict cites. */
  cited: 1000,
  /** Kept experiments that make up a champion, or that a trial takes out of it. */
  stack: 10_000,
  /** Rows of an imported history, and the text of each. */
  rows: 10_000,
  description: 2000,
} as const;

/** The text itself where it fits, else its beginning with an ellipsis: at most `most` (1 or more) code units. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = text.slice(0, most - 1);
  // A cut through a surrogate pair would leave half a character.
  return `${/[\uD800-\uDBFF]$/.test(beginning) ? beginning.slice(0, -1) : beginning}…`;
}

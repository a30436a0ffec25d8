import { shorten } from '../model/bound.ts';
import { printable } from '../process/printable.ts';

/** Before a line is parsed: only one with this in it can be a refusal. */
const MENTION = '"refused"';
/** Of a reason this much is kept, in characters: it stands in tables and in what a model is shown. */
const LONGEST_REASON = 300;

/**
 * Why an evaluation refuses what it was given, from a line `{"refused":"REASON"}` of the file named in RATCHET_METRICS; undefined
 * for any other line. The reason is made one printable line of at most 300 characters: it may quote a candidate.
 */
export function parseRefusal(line: string): string | undefined {
  if (!line.includes(MENTION)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('refused' in parsed)) return undefined;
  if (typeof parsed.refused !== 'string') return undefined;
  const reason = printable(parsed.refused).replace(/\s+/g, ' ').trim();
  return reason === '' ? 'it gave no reason' : shorten(reason, LONGEST_REASON);
}

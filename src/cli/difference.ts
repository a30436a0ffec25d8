import type { Diff } from '../git/diff.ts';
import { openRepository } from '../git/open-repository.ts';
import type { Commit } from '../model/identity.ts';
import { printable } from '../process/printable.ts';
import { Problem } from './problem.ts';
import { paint, span, type Tone } from './terminal/paint.ts';

/** What two commits of a lab differ in, as unified text of at most `maxBytes`. @throws where `signal` is aborted */
export async function differenceOf(
  lab: string,
  from: Commit,
  to: Commit,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<Diff> {
  const opening = await openRepository(lab, signal && { signal });
  if (opening.kind !== 'open') throw new Problem(opening.message);
  await using repository = opening.repository;
  const paths = repository.prefix === '' ? [] : [repository.prefix];
  return await repository.diff(from, to, { paths, maxBytes });
}

/** The lines of a diff for a screen: a candidate's text, so made harmless, and coloured by what happened to them. */
export function diffLines(text: string, colour: boolean): string[] {
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => paint([span(printable(line), toneOf(line))], colour));
}

function toneOf(line: string): Tone {
  if (/^(?:diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode)/.test(line)) return 'faint';
  if (line.startsWith('@@')) return 'accent';
  if (line.startsWith('+')) return 'good';
  return line.startsWith('-') ? 'bad' : 'plain';
}

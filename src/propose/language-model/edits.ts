import type { FileChange } from '../../model/proposal.ts';
import type { Unshown } from '../../model/researcher.ts';
import { unshownText } from '../unshown.ts';

/** One search-and-replace block. An empty `search` makes a new file. */
export interface Edit {
  readonly path: string;
  readonly search: string;
  readonly replace: string;
}

export type Application =
  | { readonly kind: 'applied'; readonly changes: readonly FileChange[] }
  /** `reason` is told to the model, so that it can mend its answer. */
  | { readonly kind: 'flawed'; readonly reason: string };

/** Characters of a text that a reason quotes. */
const QUOTED = 80;

/** The champion's files that may be changed. */
export interface EditableFiles {
  /** By path. */
  readonly sources: ReadonlyMap<string, string>;
  readonly unshown: ReadonlyMap<string, Unshown>;
  /** Whether a path that is not among them may be made. */
  readonly isEditable: (path: string) => boolean;
}

/**
 * Applies a proposal's edits in their order to the champion's files. What is searched for must stand there once: a place that a model
 * only nearly names is not guessed, and a file that it was not shown is not written over.
 */
export function applyEdits(files: EditableFiles, edits: readonly Edit[]): Application {
  const { sources } = files;
  const texts = new Map<string, string>();
  for (const [index, edit] of edits.entries()) {
    const path = edit.path.replace(/^\.\//, '');
    const before = texts.get(path) ?? sources.get(path);
    const outcome = applyEdit(before, asInFile(before, { ...edit, path }), files);
    if (outcome.kind === 'flawed')
      return { kind: 'flawed', reason: `edit ${index + 1} of ${path}: ${outcome.reason}` };
    texts.set(path, outcome.text);
  }
  const changed = [...texts].filter(([path, text]) => sources.get(path) !== text);
  if (changed.length === 0) return { kind: 'flawed', reason: 'its edits change nothing' };
  return { kind: 'applied', changes: changed.map(([path, content]) => ({ kind: 'write', path, content })) };
}

/** A file whose lines all end with CRLF is shown without the CR, and so it is edited. */
function asInFile(before: string | undefined, edit: Edit): Edit {
  if (before === undefined || !before.includes('\r\n') || /(?<!\r)\n/.test(before)) return edit;
  const withCarriageReturns = (text: string) => text.replace(/\r?\n/g, '\r\n');
  return { ...edit, search: withCarriageReturns(edit.search), replace: withCarriageReturns(edit.replace) };
}

type EditOutcome =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'flawed'; readonly reason: string };

function applyEdit(
  before: string | undefined,
  { path, search, replace }: Edit,
  { unshown, isEditable }: EditableFiles,
): EditOutcome {
  if (before === undefined) {
    const hidden = unshown.get(path);
    if (hidden !== undefined)
      return flawed(`the file is there and is not shown (${unshownText(hidden)}), so it cannot be changed`);
    if (!isEditable(path)) return flawed('this file may not be edited');
    return search === '' ? { kind: 'edited', text: replace } : flawed('there is no such file');
  }
  if (search === '' && before === '') return { kind: 'edited', text: replace };
  if (search === '') return flawed('the file is there already, so `search` must name the place');
  const first = before.indexOf(search);
  if (first === -1) return flawed(`\`search\` does not occur in the file: ${nearest(before, search)}`);
  if (before.indexOf(search, first + 1) !== -1)
    return flawed('`search` occurs more than once in the file: take more lines around the place');
  return { kind: 'edited', text: before.slice(0, first) + replace + before.slice(first + search.length) };
}

function flawed(reason: string): EditOutcome {
  return { kind: 'flawed', reason };
}

/** Which of its lines is not in the file: most often one that the model remembered instead of copying it. */
function nearest(before: string, search: string): string {
  const lines = new Set(before.split('\n').map((line) => line.trim()));
  const missing = search.split('\n').find((line) => line.trim() !== '' && !lines.has(line.trim()));
  if (missing === undefined) return 'its lines are there, but not one after the other with this indentation';
  return `no line of it reads ${JSON.stringify(missing.trim().slice(0, QUOTED))}`;
}

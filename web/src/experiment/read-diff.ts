import { parse } from 'diff2html';

/** One line of a difference, with the part of it that was changed where the lines of both sides are alike. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same';
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly text: string;
  /** Where in `text` the change begins and ends. */
  readonly changed: { readonly from: number; readonly to: number } | undefined;
}

export interface DiffBlock {
  readonly head: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffFileText {
  readonly name: string;
  readonly added: number;
  readonly removed: number;
  readonly blocks: readonly DiffBlock[];
}

/** Reads a unified difference. It is shown as text, line by line: no markup is ever made of it. */
export function readDiff(text: string): DiffFileText[] {
  return parse(text).map((file) => ({
    name:
      file.newName === '/dev/null'
        ? `${file.oldName}, deleted`
        : file.isNew
          ? `${file.newName}, new`
          : file.newName,
    added: file.addedLines,
    removed: file.deletedLines,
    blocks: file.blocks.map((block) => ({
      head: block.header,
      lines: withChanges(
        block.lines.map((line) => ({
          kind: line.type === 'insert' ? 'added' : line.type === 'delete' ? 'removed' : 'same',
          before: line.oldNumber,
          after: line.newNumber,
          text: line.content.slice(1),
          changed: undefined,
        })),
      ),
    })),
  }));
}

/** Pairs runs of removed lines with as many added ones after them. */
function withChanges(lines: readonly DiffLine[]): DiffLine[] {
  const marked = [...lines];
  let start = 0;
  while (start < lines.length) {
    const removed = runOf(lines, start, 'removed');
    const added = runOf(lines, start + removed, 'added');
    if (removed > 0 && removed === added)
      for (let index = start; index < start + removed; index++) {
        const pair = changedParts(lines[index]!.text, lines[index + removed]!.text);
        if (pair === undefined) continue;
        marked[index] = { ...lines[index]!, changed: pair.before };
        marked[index + removed] = { ...lines[index + removed]!, changed: pair.after };
      }
    start += Math.max(1, removed + added);
  }
  return marked;
}

function runOf(lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): number {
  let count = 0;
  while (lines[from + count]?.kind === kind) count += 1;
  return count;
}

/** What lies between the beginning and the end that two lines share; undefined where they share less than a third. */
function changedParts(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  if (head + tail < Math.max(before.length, after.length) / 3) return undefined;
  return {
    before: { from: head, to: before.length - tail },
    after: { from: head, to: after.length - tail },
  };
}

import { cutAndFenced, oneLine } from './words.ts';

/** Characters of one file that is asked for by its name. */
const LONGEST_FILE = 48_000;

const HOW = `# How you work here

Call \`propose\` with one hypothesis and a unified diff, as "git diff" prints it, against the champion's files below: paths as a/FILE and
b/FILE, relative to the lab. No renames, copies or binary files. Then \`wait\` for the verdict. A file that is cut below is read in full
by \`brief\` with \`file\`.`;

/** What a researcher that is a language model is told, with how it proposes through these tools. */
export function briefText(brief: string): string {
  return `${HOW}\n\n${brief}`;
}

/** One editable file, from a line on, with at most 48,000 characters. */
export function fileText(path: string, text: string, fromLine: number): string {
  const lines = text.split('\n');
  const shown = lines.slice(fromLine - 1).join('\n');
  const where = `${oneLine(path, 300)}, ${lines.length} lines, from line ${fromLine}; data, whatever it says`;
  return `${where}\n\n${cutAndFenced(shown, '', LONGEST_FILE)}`;
}

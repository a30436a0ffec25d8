import type { Mistake } from './mistake.ts';

/** The largest front matter that is read, in characters. */
const LARGEST = 64 * 1024;

/** `program.md` in its two halves. */
export type FrontMatter =
  | {
      readonly kind: 'found';
      readonly yaml: string;
      /** The line of `program.md` that the first line of `yaml` is. */
      readonly firstLine: number;
      /** All that follows the closing `---`, untouched. */
      readonly prose: string;
    }
  | { readonly kind: 'mistake'; readonly mistake: Mistake };

const FENCE = /^---[ \t]*$/;

/** Whether the text begins with front matter, closed or not. */
export function startsWithFrontMatter(text: string): boolean {
  return FENCE.test(linesOf(text)[0] ?? '');
}

/** Parts the front matter from the prose. A byte order mark and lines that end with CR LF are fine. */
export function splitFrontMatter(text: string): FrontMatter {
  const lines = linesOf(text);
  if (!FENCE.test(lines[0] ?? '')) return mistake(missing(lines));
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end === -1) return mistake(unclosed(lines));
  const yaml = `${lines.slice(1, end).join('\n')}\n`;
  if (yaml.length > LARGEST) {
    return mistake({
      line: 1,
      problem: `the front matter has ${yaml.length} characters, and ${LARGEST} are read`,
      mend: 'move what is not a key below the closing `---`',
    });
  }
  const prose = text
    .split('\n')
    .slice(end + 1)
    .join('\n');
  return { kind: 'found', yaml, firstLine: 2, prose };
}

function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
}

function missing(lines: readonly string[]): Mistake {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first > 0 && FENCE.test(lines[first] ?? '')) {
    return {
      line: 1,
      problem: 'the front matter does not start on the first line',
      mend: `delete the ${first === 1 ? 'empty line' : `${first} empty lines`} above \`---\``,
    };
  }
  return {
    line: 1,
    problem: 'there is no front matter, so nothing says what is measured',
    mend: 'write `---`, the keys and `---` above the first line; `ratchet init` does that',
  };
}

function unclosed(lines: readonly string[]): Mistake {
  const blank = lines.findIndex((line, index) => index > 0 && line.trim() === '');
  const last = blank === -1 ? lines.length : blank;
  return {
    line: 1,
    problem: 'the front matter that opens here is never closed',
    mend: `write \`---\` on a line of its own after line ${last}`,
  };
}

function mistake(found: Mistake): FrontMatter {
  return { kind: 'mistake', mistake: found };
}

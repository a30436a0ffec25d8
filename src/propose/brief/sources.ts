import { fenced } from '../../model/told.ts';
import { unshownText } from '../unshown.ts';
import { quoted, shown } from './data.ts';
import type { BriefMaterial } from './material.ts';
import { beginningWithin, type Section, titled } from './room.ts';
import { MOST_CHARACTERS, tokensIn } from './tokens.ts';

/** Tokens below which the beginning of a file tells nothing. */
const LEAST = 150;
/** Tokens around a file beside its path: the fence, and what is missing. */
const AROUND = 90;
/** Files that were left out and are still named. */
const MOST_NAMED = 20;
const TOKENS_A_NAME = 8;
const NO_FILE = '(There is no text file among them that can be shown.)';

const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'ts',
  tsx: 'tsx',
  js: 'js',
  mjs: 'js',
  py: 'python',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  css: 'css',
  html: 'html',
  md: 'markdown',
};

interface File {
  readonly path: string;
  readonly text: string;
  /** Tokens around the text: path, fence, what is missing. */
  readonly around: number;
  /** With those; infinite where it is longer than any room. */
  readonly tokens: number;
}

/** The champion's editable files: all of them, or of each as much as there is room for. `most` is the largest room, in tokens. */
export function sourcesSection(
  { sources, unshown }: Pick<BriefMaterial, 'sources' | 'unshown'>,
  share: number,
  most: number,
): Section {
  const hidden = [...unshown].map(([path, why]) => `${nameOf(path)} (${unshownText(why)})`);
  const files = [...sources]
    .map(([path, text]) => fileOf(path, text.replace(/\n$/, ''), most))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const title = {
    title: "The champion's files",
    lead: 'What you may change, as it stands. A change is made to this.',
  };
  return { share, write: (room) => titled(title, room, (inside) => writeFiles(files, hidden, inside)) };
}

function fileOf(path: string, text: string, most: number): File {
  const around = AROUND + tokensIn(quoted(path));
  const isTooLong = text.length > MOST_CHARACTERS * most;
  return {
    path,
    text,
    around,
    tokens: isTooLong ? Number.POSITIVE_INFINITY : tokensIn(shown(text)) + around,
  };
}

function writeFiles(files: readonly File[], hidden: readonly string[], room: number): string {
  const untouchable = (within: number) =>
    hidden.length === 0
      ? []
      : [listed('can be changed by nobody, since their text is not shown', hidden, within)];
  if (files.length === 0) return [NO_FILE, ...untouchable(room - tokensIn(NO_FILE) - 1)].join('\n\n');
  const lists = hidden.length === 0 ? 1 : 2;
  const level = levelOf(files, room - lists * MOST_NAMED * TOKENS_A_NAME);
  const texts: string[] = [];
  const missing: string[] = [];
  for (const file of files) {
    if (level.shown.has(file)) texts.push(writeFile(file, level.tokens));
    else missing.push(nameOf(file.path));
  }
  if (missing.length > 0) texts.push(listed('are not shown', missing, room));
  texts.push(...untouchable(room));
  return texts.join('\n\n');
}

/**
 * Tokens a file where those that are shown have room together: the large ones are cut to it, the small ones leave something for them.
 * Where that would leave too little of each, the largest are not shown.
 */
function levelOf(files: readonly File[], room: number): { tokens: number; shown: ReadonlySet<File> } {
  const kept = [...files].sort((a, b) => a.tokens - b.tokens);
  for (; kept.length > 0; kept.pop()) {
    let left = room;
    const cut = kept.findIndex(({ tokens }, place) => {
      if (tokens * (kept.length - place) > left) return true;
      left -= tokens;
      return false;
    });
    if (cut === -1) return { tokens: Number.POSITIVE_INFINITY, shown: new Set(kept) };
    const tokens = Math.floor(left / (kept.length - cut));
    if (kept.slice(cut).every(({ around }) => tokens >= around + LEAST))
      return { tokens, shown: new Set(kept) };
  }
  return { tokens: 0, shown: new Set() };
}

function writeFile({ path, text, tokens, around }: File, level: number): string {
  const title = `File ${quoted(path)}:`;
  const language = LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text';
  if (tokens <= level) return `${title}\n\n${fenced(shown(text), language)}`;
  const start = shown(text.slice(0, MOST_CHARACTERS * level));
  const beginning = beginningWithin(start, level - around);
  const lines = text.split('\n').length;
  const isWithinLine = !beginning.includes('\n') && start.indexOf('\n') !== beginning.length;
  const left = isWithinLine ? lines : lines - beginning.split('\n').length;
  const missing = `(Cut: ${left} of its ${lines} lines, ${text.length - beginning.length} characters, are missing here.)`;
  return `${title}\n\n${fenced(beginning, language)}\n${missing}`;
}

function nameOf(path: string): string {
  return quoted(path.slice(-60));
}

/** `(3 more files are not shown: "a.ts", "b.ts", "c.ts".)` */
function listed(what: string, names: readonly string[], room: number): string {
  const one = what.replace(/^are /, 'is ').replace('their', 'its');
  const count = names.length === 1 ? `(1 more file ${one}` : `(${names.length} more files ${what}`;
  const text = `${count}: ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}.)`;
  return tokensIn(text) <= Math.min(room, MOST_NAMED * TOKENS_A_NAME) ? text : `${count}.)`;
}

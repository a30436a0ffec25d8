import type { Category } from '../../src/model/category.ts';

/** What an edit of a planted study is known to be: nobody tells the judge. */
export type Nature = 'no-op' | 'gain' | 'harm';

/** One search and replace. Each is about one line of the source, so that edits of different lines merge cleanly. */
export type Piece =
  /** Rewrites what stands between the beginning and the end of the one line that has both, indentation aside. */
  | {
      readonly kind: 'rewrite';
      readonly start: string;
      readonly end: string;
      readonly text: (old: string) => string;
    }
  /** Puts lines before the one line that begins so. */
  | { readonly kind: 'insert'; readonly before: string; readonly text: string };

/** A change that applies to whatever champion still has its lines. */
export interface Edit {
  /** Unique among the edits of a study. */
  readonly name: string;
  readonly nature: Nature;
  readonly category: Category;
  readonly pieces: readonly Piece[];
}

/** The source with the edit made; undefined where a line of it is gone, or stands there more than once. */
export function applyEdit(source: string, { pieces }: Pick<Edit, 'pieces'>): string | undefined {
  let lines = source.split('\n');
  for (const piece of pieces) {
    const found = lines.flatMap((line, index) => (isLineOf(piece, line.trimStart()) ? index : []));
    const [index, ...others] = found;
    if (index === undefined || others.length > 0) return undefined;
    lines = lines.toSpliced(index, 1, ...rewritten(piece, lines[index]!));
  }
  return lines.join('\n');
}

function isLineOf(piece: Piece, line: string): boolean {
  if (piece.kind === 'insert') return line.startsWith(piece.before);
  const { start, end } = piece;
  return line.startsWith(start) && line.endsWith(end) && line.length > start.length + end.length;
}

function rewritten(piece: Piece, line: string): string[] {
  if (piece.kind === 'insert') return [...piece.text.split('\n'), line];
  const begin = line.length - line.trimStart().length + piece.start.length;
  const end = line.length - piece.end.length;
  return [line.slice(0, begin) + piece.text(line.slice(begin, end)) + line.slice(end)];
}

const SETTING = /^(?:export )?const \w+(?:: \w+)? = .+;$/;

/**
 * The source with an empty line between settings that stand on neighbouring lines: git takes changes of neighbouring lines
 * for one, and edits that are independent would conflict.
 */
export function withSettingsApart(source: string): string {
  const lines = source.split('\n');
  return lines
    .flatMap((line, index) =>
      SETTING.test(line) && SETTING.test(lines[index + 1] ?? '') ? [line, ''] : [line],
    )
    .join('\n');
}

import { fitRow, paint, type Row, type Span, span } from './terminal/paint.ts';
import { padEnd, padStart, widthOf } from './terminal/text.ts';

export interface Column {
  /** With the unit of its numbers. */
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines under a head, columns as wide as their widest cell; each line is cut to `columns`. Cells hold no line ends. */
export function formatTable(
  heads: readonly Column[],
  rows: readonly (readonly Span[])[],
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
): string[] {
  const widths = heads.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[index]?.text ?? '')), widthOf(title)),
  );
  const head = heads.map(({ title }) => span(title, 'faint'));
  return [head, ...rows].map((row) => paint(fitRow(join(heads, row, widths), columns), colour));
}

function join(heads: readonly Column[], row: readonly Span[], widths: readonly number[]): Row {
  return heads.flatMap(({ align }, index) => {
    const { text, tone } = row[index] ?? span('');
    const width = widths[index] ?? 0;
    const isLast = index === heads.length - 1;
    const padded = align === 'right' ? padStart(text, width) : isLast ? text : padEnd(text, width);
    return index === 0 ? [span(padded, tone)] : [span('  '), span(padded, tone)];
  });
}

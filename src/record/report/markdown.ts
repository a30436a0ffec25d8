import { fenced } from '../../model/told.ts';
import type { Block, Report } from './document.ts';
import { markdown as escaped } from './escape.ts';

/** The report as GitHub-flavoured markdown. */
export function renderMarkdown({ title, about, headline, figures, sections }: Report): string {
  const parts = [
    `# ${escaped(title)}`,
    `**${escaped(headline.sentence)}**`,
    ...(headline.more.length === 0 ? [] : [escaped(headline.more.join(' '))]),
    escaped(about),
    table(
      ['', '', ''],
      ['left', 'right', 'left'],
      figures.map(({ title, value, note }) => [escaped(title), `**${escaped(value)}**`, escaped(note)]),
    ),
    ...sections.flatMap(({ title, blocks }) => [`## ${escaped(title)}`, ...blocks.map(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return escaped(block.text);
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'table': {
      const text = table(
        block.columns.map(({ title }) => escaped(title)),
        block.columns.map(({ align }) => align),
        block.rows.map((row) => row.map(({ text }) => escaped(text))),
      );
      return block.note === undefined ? text : `${text}\n\n${escaped(block.note)}`;
    }
    case 'commands': {
      const width = Math.max(...block.commands.map(({ command }) => command.length));
      const lines = block.commands.map(({ command, what }) => `${command.padEnd(width)}  # ${what}`);
      return fenced(lines.join('\n'), 'sh');
    }
    default:
      return block satisfies never;
  }
}

function table(
  heads: readonly string[],
  aligns: readonly ('left' | 'right')[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = aligns.map((align) => (align === 'right' ? '--:' : '---'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

import type { Findings } from '../findings/findings.ts';
import { drawChart } from './chart.ts';
import type { Block, Cell, Column, Figure, Report, Section, Tone } from './document.ts';
import { html } from './escape.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded, nothing runs: a text that slipped through would still do nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The report as one HTML file that needs nothing else: no script, no network, no other file. */
export function renderHtml(report: Report, { chart, study }: Findings): string {
  const { title, about, headline, figures, sections } = report;
  const drawn = drawChart(chart, study.objective);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${html(POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(`${title}: ${headline.sentence}`)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    '<header>',
    `<h1>${isolated(title)}</h1>`,
    `<p class="headline${toneClass(headline.tone)}">${isolated(headline.sentence)}</p>`,
    ...headline.more.map((sentence) => `<p>${isolated(sentence)}</p>`),
    `<p>${isolated(about)}</p>`,
    '</header>',
    `<dl class="figures">${figures.map(figure).join('')}</dl>`,
    ...(drawn === undefined
      ? []
      : [
          `<figure>${drawn.svg}`,
          `<figcaption class="legend">${LEGEND}</figcaption>`,
          ...drawn.notes.map((note) => `<p class="note">${html(note)}</p>`),
          '</figure>',
        ]),
    ...sections.map(sectionHtml),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const LEGEND = [
  ['<circle class="keep" cx="9" cy="9" r="4.5"/>', 'kept'],
  ['<circle class="ring" cx="9" cy="9" r="8"/><circle class="keep" cx="9" cy="9" r="4.5"/>', 'certified'],
  ['<circle class="withdrawn" cx="9" cy="9" r="4.5"/>', 'taken back'],
  ['<circle class="discard" cx="9" cy="9" r="2.6"/>', 'discarded'],
  ['<circle class="foretold" cx="9" cy="9" r="2.6"/>', 'given up early, as foretold'],
  ['<path class="broken" d="M6 6l6 6m0-6l-6 6"/>', 'no score'],
  ['<path class="best" d="M1 12H9V5H17"/>', 'running best, as believed at each keep'],
  ['<path class="now" d="M4 9l5 -5l5 5l-5 5z"/>', 'champion by all its runs'],
]
  .map(
    ([picture, text]) =>
      `<span><svg viewBox="0 0 18 18" class="chart" aria-hidden="true">${picture}</svg>${text}</span>`,
  )
  .join('');

/** What a stranger wrote keeps its direction to itself. */
function isolated(text: string): string {
  return `<bdi>${html(text)}</bdi>`;
}

function toneClass(tone: Tone | undefined): string {
  return tone === undefined || tone === 'plain' ? '' : ` ${tone}`;
}

function figure({ title, value, note, tone }: Figure): string {
  return `<div><dt>${html(title)}</dt><dd class="value${toneClass(tone)}">${html(value)}</dd><dd class="small">${html(note)}</dd></div>`;
}

function sectionHtml({ title, blocks }: Section): string {
  return `<section><h2>${html(title)}</h2>\n${blocks.map(blockHtml).join('\n')}</section>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${isolated(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${isolated(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const heads = block.columns.map(
        ({ title, align }) =>
          `<th scope="col"${align === 'right' ? ' class="right"' : ''}>${html(title)}</th>`,
      );
      const rows = block.rows.map(
        (row) => `<tr>${row.map((cell, at) => cellHtml(cell, block.columns[at])).join('')}</tr>`,
      );
      const note = block.note === undefined ? '' : `<p class="note">${html(block.note)}</p>`;
      return `<div class="scroll"><table><thead><tr>${heads.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>${note}`;
    }
    case 'commands': {
      const rows = block.commands.map(
        ({ command, what }) =>
          `<tr><td><code>${html(command)}</code></td><td class="faint">${html(what)}</td></tr>`,
      );
      return `<div class="scroll"><table><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
    }
    default:
      return block satisfies never;
  }
}

/** Short words and numbers stay on one line; a hypothesis may take several. */
const SHORT = 20;

function cellHtml({ text, tone }: Cell, column: Column | undefined): string {
  const classes = [
    column?.align === 'right' ? 'right' : text.length <= SHORT ? 'nowrap' : '',
    tone === undefined || tone === 'plain' ? '' : tone,
  ].filter((name) => name !== '');
  const named = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<td${named}>${isolated(text)}</td>`;
}

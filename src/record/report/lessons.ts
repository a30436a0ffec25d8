import { counted } from '../../lab/numbers.ts';
import { shorten } from '../../model/bound.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Findings } from '../findings/findings.ts';
import type { Group } from '../findings/groups.ts';
import { type Amounts, amountsOf, percent } from './amounts.ts';
import { type Block, bounded, LONGEST_HYPOTHESIS, type Section } from './document.ts';

const MOST_SITES = 15;
const MOST_DEAD_ENDS = 12;

/** What paid, what failed, and where to look next. */
export function lessonSections(findings: Findings): Section[] {
  const gains = [...findings.categories, ...findings.sites].map(({ gain }) => Math.abs(gain));
  const amounts = amountsOf(findings.study.objective, Math.max(...gains, 0));
  return [paidSection(findings, amounts), failedSection(findings), nextSection(findings, amounts)].filter(
    ({ blocks }) => blocks.length > 0,
  );
}

function paidSection({ categories, sites, researchers }: Findings, amounts: Amounts): Section {
  return {
    title: 'What it learned',
    blocks: [
      ...groupTable('kind of change', categories, amounts, Number.POSITIVE_INFINITY),
      ...groupTable('what was edited', sites, amounts, MOST_SITES),
      ...(researchers.length > 1 ? groupTable('researcher', researchers, amounts, MOST_SITES) : []),
    ],
  };
}

function groupTable(title: string, groups: readonly Group[], amounts: Amounts, most: number): Block[] {
  if (groups.length === 0) return [];
  const { rows, note } = bounded(groups, most);
  return [
    {
      kind: 'table',
      columns: [
        { title, align: 'left' },
        { title: 'tried', align: 'right' },
        { title: 'kept', align: 'right' },
        { title: 'hit rate', align: 'right' },
        { title: `gained${amounts.unit}`, align: 'right' },
        { title: 'near misses', align: 'right' },
        { title: 'broken', align: 'right' },
      ],
      rows: rows.map(({ name, tried, kept, hitRate, gain, nearMisses, broken }) => [
        { text: name },
        { text: String(tried) },
        { text: String(kept) },
        { text: percent(hitRate) },
        kept === 0 ? { text: '' } : { text: amounts.gain(gain), tone: gain > 0 ? 'good' : 'plain' },
        { text: nearMisses === 0 ? '' : String(nearMisses), tone: 'faint' },
        { text: broken === 0 ? '' : String(broken), tone: 'faint' },
      ]),
      ...(note === undefined ? {} : { note }),
    },
  ];
}

function failedSection({ failures, deadEnds }: Findings): Section {
  const { noBetter, stoppedEarly, broken, otherReasons } = failures;
  const items = [
    ...(noBetter === 0
      ? []
      : [
          `${counted(noBetter, 'experiment')} ran to the end and ${noBetter === 1 ? 'was' : 'were'} no better.`,
        ]),
    ...(stoppedEarly === 0
      ? []
      : [
          `${counted(stoppedEarly, 'experiment')} ${stoppedEarly === 1 ? 'was' : 'were'} given up early: by what they showed by then they would not have been better.`,
        ]),
    ...broken.map(
      ({ verdict, reason, count, examples }) =>
        `${count} ${verdict}: ${reason} (${count > examples.length ? 'last ' : ''}${idList(examples)})`,
    ),
    ...(otherReasons === 0 ? [] : [`${counted(otherReasons, 'other reason')} for a failure`]),
  ];
  const ends = bounded(
    deadEnds.map(
      ({ of, name, tried }) => `${of === 'site' ? 'edits of ' : ''}${name}: ${tried} tried, none kept`,
    ),
    MOST_DEAD_ENDS,
  );
  return {
    title: 'What failed',
    blocks: [
      ...(items.length === 0 ? [] : [{ kind: 'list', items } satisfies Block]),
      ...(ends.rows.length === 0
        ? []
        : [
            { kind: 'text', text: 'Dead ends, as far as they were followed:' } satisfies Block,
            {
              kind: 'list',
              items: [...ends.rows, ...(ends.note === undefined ? [] : [ends.note])],
            } satisfies Block,
          ]),
    ],
  };
}

function nextSection({ next }: Findings, amounts: Amounts): Section {
  const { untried, leads, waiting } = next;
  const items = [
    ...(untried.length === 0
      ? []
      : [`Kinds of change that nobody has tried, as far as they fit this program: ${untried.join(', ')}.`]),
    ...waiting.map(
      ({ experiment, hypothesis, from }) =>
        `#${experiment} waits for its verdict${from === 'suggestion' ? ', and was suggested by a person' : ''}: ${shorten(hypothesis, LONGEST_HYPOTHESIS)}`,
    ),
  ];
  return {
    title: 'What to try next',
    blocks: [
      ...(items.length === 0 ? [] : [{ kind: 'list', items } satisfies Block]),
      ...(leads.length === 0
        ? []
        : [
            {
              kind: 'text',
              text: 'Near misses: discarded, since each alone may be luck; two of them together, or one taken further, may be a gain.',
            } satisfies Block,
            leadTable(leads, amounts),
          ]),
    ],
  };
}

function leadTable(leads: Findings['next']['leads'], amounts: Amounts): Block {
  return {
    kind: 'table',
    columns: [
      { title: '#', align: 'right' },
      { title: 'near miss', align: 'left' },
      { title: `looked better by${amounts.unit}`, align: 'right' },
      { title: 'to be expected', align: 'right' },
    ],
    rows: leads.map(({ experiment, hypothesis, gain, believed }) => [
      { text: `#${experiment}`, tone: 'faint' },
      { text: shorten(hypothesis, LONGEST_HYPOTHESIS) },
      { text: amounts.gain(gain), tone: 'faint' },
      { text: amounts.gain(believed) },
    ]),
  };
}

function idList(ids: readonly ExperimentId[]): string {
  return ids.map((id) => `#${id}`).join(', ');
}

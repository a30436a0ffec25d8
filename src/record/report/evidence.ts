import { counted, formatPercent, withUnit } from '../../lab/numbers.ts';
import { shorten } from '../../model/bound.ts';
import type { NoiseStanding } from '../../model/noise-standing.ts';
import type { Objective } from '../../model/objective.ts';
import { oneLine } from '../../process/one-line.ts';
import type { Findings } from '../findings/findings.ts';
import type { KeepStanding, KeptChange } from '../findings/stack.ts';
import { type Amounts, amountsOf, rough } from './amounts.ts';
import { type Block, bounded, type Cell, LONGEST_HYPOTHESIS, type Section, type Tone } from './document.ts';

/** Changes that are listed. */
const MOST_CHANGES = 200;
/** Metrics other than the objective that are listed. */
const MOST_COSTS = 12;

const TONE: Readonly<Record<KeepStanding, Tone>> = {
  certified: 'good',
  provisional: 'warning',
  'as measured': 'plain',
  withdrawn: 'bad',
};

/** The champion, change by change, and how sure all of it is. */
export function evidenceSections(findings: Findings): Section[] {
  const inside = findings.changes.filter(({ isInChampion }) => isInChampion);
  const out = findings.changes.filter(({ isInChampion }) => !isInChampion);
  const largest = Math.max(...findings.changes.map(({ effect }) => Math.abs(effect?.value ?? 0)), 0);
  const amounts = amountsOf(findings.study.objective, largest);
  return [
    { title: 'Is it real?', blocks: [{ kind: 'list', items: assurances(findings, amounts) }] },
    ...(inside.length === 0
      ? []
      : [
          {
            title: 'What the champion holds',
            blocks: [changeTable(inside, amounts), ...costBlocks(findings)],
          },
        ]),
    ...(out.length === 0
      ? []
      : [
          {
            title: 'What was kept and taken back',
            blocks: [
              changeTable(out, amounts),
              ...out
                .slice(0, MOST_CHANGES)
                .flatMap(({ experiment, reason }): Block[] =>
                  reason === undefined ? [] : [{ kind: 'text', text: `#${experiment}: ${reason}` }],
                ),
            ],
          },
        ]),
  ];
}

function assurances({ headline, noise, expectedLuck, study }: Findings, amounts: Amounts): string[] {
  const believed = headline.kind === 'champion' ? headline.believed : undefined;
  return [
    ...(believed
      ? [
          `The gain that is to be believed is ${amounts.gainWithUnit(believed.value)} (95%: ${amounts.interval(believed)}), ` +
            `${BELIEVED_BY[believed.by]}.`,
        ]
      : []),
    ...(noise ? [noiseText(noise, study.objective)] : []),
    ...(expectedLuck >= 0.05
      ? [`Of the changes that are not certified, ${expectedLuck.toFixed(1)} are expected to be luck.`]
      : []),
  ];
}

const BELIEVED_BY = {
  certificate: 'by the champion and the baseline on fresh seeds',
  'fresh trials': 'by runs of the champion that nothing was picked by',
  'changes added up': 'by what is known of each change, added up',
} as const;

function noiseText(noise: NoiseStanding, objective: Objective): string {
  const sized = (value: number) => withUnit(rough(value), oneLine(objective.unit));
  switch (noise.kind) {
    case 'unknown':
      return `How far equal code scores apart is not known yet, by ${counted(noise.freedom, 'repeat')}.`;
    case 'seed-not-controlled':
      return 'Runs under different seeds score the same although the lab is not declared deterministic, so nothing can be certified.';
    case 'learned':
      return `Equal code scores ${sized(noise.sigma)} apart (standard deviation; 95%: ${rough(noise.low)} to ${rough(noise.high)}), by ${counted(noise.freedom, 'repeat')}.`;
    default:
      return noise satisfies never;
  }
}

function changeTable(changes: readonly KeptChange[], amounts: Amounts): Block {
  const { rows, note } = bounded(changes, MOST_CHANGES);
  const head = (title: string, align: 'left' | 'right') => ({ title, align });
  return {
    kind: 'table',
    columns: [
      head('#', 'right'),
      head('change', 'left'),
      head(`effect${amounts.unit}`, 'right'),
      head('95%', 'right'),
      head('standing', 'left'),
      head('known by', 'left'),
    ],
    rows: rows.map((change) => changeRow(change, amounts)),
    ...(note === undefined ? {} : { note }),
  };
}

function changeRow(
  { experiment, hypothesis, effect, standing, ground }: KeptChange,
  amounts: Amounts,
): Cell[] {
  return [
    { text: `#${experiment}`, tone: 'faint' },
    { text: shorten(hypothesis, LONGEST_HYPOTHESIS) },
    { text: effect ? amounts.gain(effect.value) : '', tone: TONE[standing] },
    { text: effect ? amounts.interval(effect) : '', tone: 'faint' },
    { text: standing, tone: TONE[standing] },
    {
      text: [effect?.by ?? [], ground === 'simpler' ? 'kept as simpler' : []].flat().join(', '),
      tone: 'faint',
    },
  ];
}

/** What a trial comes to besides the objective. */
function costBlocks({ costs }: Findings): Block[] {
  const changed = costs.filter(({ baseline, champion }) => baseline !== champion);
  if (changed.length === 0) return [];
  const { rows, note } = bounded(changed, MOST_COSTS);
  return [
    {
      kind: 'table',
      columns: [
        { title: 'of a trial', align: 'left' },
        { title: 'baseline', align: 'right' },
        { title: 'champion', align: 'right' },
        { title: 'change', align: 'right' },
      ],
      rows: rows.map(({ name, baseline, champion }) => [
        { text: name },
        { text: short(baseline) },
        { text: short(champion) },
        { text: formatPercent(baseline, champion) ?? '', tone: 'faint' },
      ]),
      ...(note === undefined ? {} : { note }),
    },
  ];
}

/** Four digits that count. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

import { counted } from '../../lab/numbers.ts';
import { formatDollars } from '../../lab/units.ts';
import type { Spending } from '../../model/spending.ts';
import type { Findings } from '../findings/findings.ts';
import type { Headline } from '../findings/headline.ts';
import { amountsOf, percent, seconds } from './amounts.ts';
import type { Figure, Tone } from './document.ts';

/** The numbers that answer at a glance: better or not, by how much, how sure, at what cost. */
export function figuresOf(findings: Findings): Figure[] {
  const { headline, experiments } = findings;
  return [
    ...(headline.kind === 'champion' ? championFigures(findings, headline) : []),
    {
      title: 'experiments',
      value: String(experiments.judged),
      note: [
        counted(experiments.verdicts.keep ?? 0, 'keep'),
        ...(experiments.perHour === undefined ? [] : [`${hourly(experiments.perHour)} an hour`]),
      ].join(', '),
      tone: 'plain',
    },
    costFigure(findings),
  ];
}

export function toneOfHeadline(headline: Headline): Tone {
  if (headline.kind !== 'champion') return 'plain';
  const { comparison } = headline;
  if (comparison === undefined || comparison.gain === 0) return 'plain';
  return comparison.gain > 0 ? 'good' : 'bad';
}

function championFigures(findings: Findings, headline: Headline & { kind: 'champion' }): Figure[] {
  const { objective } = findings.study;
  const { comparison, believed, certified, kept, compute } = headline;
  const amounts = amountsOf(objective, comparison?.gain ?? headline.value);
  return [
    {
      title: 'gain',
      value: comparison ? amounts.gainWithUnit(comparison.gain) : 'not known',
      note: believed ? `95%: ${amounts.interval(believed)}` : 'over the baseline',
      tone: toneOfHeadline(headline),
    },
    {
      title: 'certified changes',
      // A champion may be confirmed whose changes were never tested one by one.
      value:
        headline.assurance === 'certified' && certified < kept ? 'as a whole' : `${certified} of ${kept}`,
      note: luckNote(findings, headline),
      tone: headline.assurance === 'certified' ? 'good' : 'warning',
    },
    ...(compute
      ? [
          {
            title: 'compute',
            value: `${compute.isBound ? '≤ ' : ''}${percent(compute.share)}`,
            note: "of the budget, to the baseline's score",
            tone: 'plain',
          } satisfies Figure,
        ]
      : []),
  ];
}

function luckNote({ expectedLuck }: Findings, { assurance }: Headline & { kind: 'champion' }): string {
  if (assurance === 'as measured') return 'scores are taken as they are';
  return expectedLuck < 0.05
    ? 'no false keep is expected'
    : `${expectedLuck.toFixed(1)} false keeps are expected`;
}

function costFigure({ spent }: Findings): Figure {
  const { total, activeSeconds, trials } = spent;
  const paid = total.calls === 0 ? '' : `, ${paidText(total)} for models`;
  return {
    title: 'time',
    value: seconds(activeSeconds),
    note: `${seconds(trials.cpuSeconds)} of CPU in ${counted(trials.count, 'trial')}${paid}`,
    tone: 'plain',
  };
}

function paidText({ calls, callsWithoutPrice, dollars, inputTokens, outputTokens }: Spending): string {
  return callsWithoutPrice === calls ? `${inputTokens + outputTokens} tokens` : formatDollars(dollars);
}

export function hourly(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}

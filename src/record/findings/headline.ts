import {
  counted,
  decimalsFor,
  formatDelta,
  formatPercent,
  formatValue,
  withUnit,
} from '../../lab/numbers.ts';
import { gain as gainOf, type Objective } from '../../model/objective.ts';
import type { KnownEffect, StackReport } from '../../model/stack-report.ts';
import type { StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';
import { type ScoreSource, sourceOf } from './source.ts';
import { type KeptChange, keptChanges } from './stack.ts';
import type { Weighed } from './weighed.ts';

/** How far the champion's gain is shown: by fresh seeds, in part, not yet, or by scores that are taken as they are. */
export type Assurance = 'certified' | 'partly certified' | 'provisional' | 'as measured';

/** The champion against the baseline. Values in the metric's unit; a gain is positive when better. */
export interface Comparison {
  readonly baseline: number;
  readonly champion: number;
  readonly gain: number;
  /** Change of the value in percent of the baseline's, with its sign, such as `-3.71%`; absent where the baseline is 0. */
  readonly percent?: string;
}

/** The gain over the baseline that is to be believed. */
export interface BelievedGain extends KnownEffect {
  /** The whole champion, tested again or by trials that nothing was picked by; else each change by what is known of it, added up. */
  readonly by: 'certificate' | 'fresh trials' | 'changes added up';
}

/** What a study came to, in one sentence and in numbers. */
export type Headline = {
  /** Plain text on one line, safe to print; further sentences follow it in `more`. */
  readonly sentence: string;
  readonly more: readonly string[];
  /** Who says the scores. */
  readonly source: ScoreSource;
} & (
  | { readonly kind: 'not measured yet' }
  /** Nothing is kept: the champion is the baseline. */
  | { readonly kind: 'baseline'; readonly value: number }
  | {
      readonly kind: 'champion';
      readonly value: number;
      /** Absent where the baseline was measured under other conditions only. */
      readonly comparison?: Comparison;
      readonly believed?: BelievedGain;
      readonly assurance: Assurance;
      readonly kept: number;
      readonly certified: number;
      /** Share of the baseline's budget in which the champion reaches the baseline's score, 0 to 1. */
      readonly compute?: { readonly share: number; readonly isBound: boolean };
    }
);

export function headlineOf(state: StudyState, weighed: Weighed): Headline {
  const { objective } = state.study;
  const { champion, baseline, stack } = weighed.standing;
  const source = sourceOf(state);
  const name = oneLine(objective.name);
  if (champion === undefined)
    return {
      kind: 'not measured yet',
      sentence: `${name} is not measured yet.`,
      more: [],
      source,
    };
  const { value } = champion;
  if (stack.length === 0)
    return {
      kind: 'baseline',
      value,
      sentence: `Nothing better than the baseline yet: ${name} is ${shown(objective, value)}.`,
      more: sourceSentences(source),
      source,
    };
  const changes = keptChanges(state, weighed).filter(({ isInChampion }) => isInChampion);
  const certified = changes.filter(({ standing }) => standing === 'certified').length;
  const report = weighed.judged?.stack;
  const comparison = baseline && compare(objective, baseline.value, value);
  const believed = report && believedGain(report);
  const compute = report && computeOf(report, objective);
  const assurance = assuranceOf(state, weighed, changes);
  return {
    kind: 'champion',
    value,
    ...(comparison && { comparison }),
    ...(believed && { believed }),
    assurance,
    kept: changes.length,
    certified,
    ...(compute && { compute }),
    sentence: championSentence(objective, value, comparison, changes.length),
    more: [
      ...assuranceSentence(assurance, changes.length, certified),
      ...(compute ? [computeSentence(compute)] : []),
      ...sourceSentences(source),
    ],
    source,
  };
}

function compare(objective: Objective, baseline: number, champion: number): Comparison {
  const percent = formatPercent(baseline, champion);
  return {
    baseline,
    champion,
    gain: gainOf(objective, baseline, champion),
    ...(percent === undefined ? {} : { percent }),
  };
}

/** As a whole where nothing was picked by its trials: until then what was seen is too good, and a sum of shrunk parts is better. */
function believedGain({ sum: { measured, predicted } }: StackReport): BelievedGain | undefined {
  if (measured?.interval && measured.by !== 'trials that made it champion')
    return { value: measured.value, interval: measured.interval, by: measured.by };
  return predicted.interval ? { ...predicted, by: 'changes added up' } : undefined;
}

/** Only the objective's own curve says when a score is reached. */
function computeOf({ compute }: StackReport, { name }: Objective) {
  if (compute === undefined || compute.metric !== name) return undefined;
  return { share: compute.share, isBound: compute.isBound };
}

function assuranceOf(state: StudyState, { standing }: Weighed, changes: readonly KeptChange[]): Assurance {
  const isConfirmed = state.certificates.some(
    ({ of }) => of.kind === 'stack' && of.champion === standing.commit && of.against === state.study.baseline,
  );
  const certified = changes.filter((change) => change.standing === 'certified').length;
  if (isConfirmed || certified === changes.length) return 'certified';
  if (certified > 0) return 'partly certified';
  return changes.some((change) => change.standing === 'provisional') ? 'provisional' : 'as measured';
}

function championSentence(
  objective: Objective,
  value: number,
  comparison: Comparison | undefined,
  kept: number,
): string {
  const name = oneLine(objective.name);
  const by = `by ${counted(kept, 'kept change')}`;
  if (comparison === undefined)
    return `${name} is ${shown(objective, value)} ${by}; the baseline was measured under other conditions, so the gain is not known.`;
  const { baseline, gain, percent } = comparison;
  const decimals = decimalsFor(objective, value);
  const far = percent === undefined ? formatDelta(value - baseline, decimals) : percent;
  const went = gain > 0 ? 'Better' : gain < 0 ? 'Worse' : 'Equal';
  return `${went}: ${name} went from ${formatValue(baseline, decimals)} to ${shown(objective, value)} (${far}) ${by}.`;
}

function assuranceSentence(assurance: Assurance, kept: number, certified: number): string[] {
  switch (assurance) {
    case 'certified':
      return [
        certified === kept
          ? 'Each change held on fresh seeds: certified.'
          : 'As a whole it held on fresh seeds: certified.',
      ];
    case 'partly certified':
      return [`${certified} of ${kept} changes held on fresh seeds; the others are provisional.`];
    case 'provisional':
      return ['Provisional: no change has been tested again on fresh seeds yet.'];
    case 'as measured':
      return ['Every score was taken as it was measured; nothing was tested again.'];
    default:
      return assurance satisfies never;
  }
}

function computeSentence({ share, isBound }: { share: number; isBound: boolean }): string {
  const percent = Math.max(1, Math.round(share * 100));
  return `It reaches the baseline's score in ${isBound ? 'at most ' : ''}${percent}% of the baseline's budget.`;
}

function sourceSentences(source: ScoreSource): string[] {
  switch (source) {
    case 'evaluated':
      return [];
    case 'candidate-reported':
      return ['The scores are candidate-reported: the code that was tried printed them itself.'];
    case 'mixed':
      return ['Some of the scores are candidate-reported: the code that was tried printed them itself.'];
    default:
      return source satisfies never;
  }
}

function shown(objective: Objective, value: number): string {
  return withUnit(formatValue(value, decimalsFor(objective, value)), oneLine(objective.unit));
}

import type { Category } from '../../model/category.ts';
import type { ExperimentId, TrialId } from '../../model/identity.ts';
import type { NoiseStanding } from '../../model/noise-standing.ts';
import type { SyntaxSize } from '../../model/proposal.ts';
import type { Purpose, Stage } from '../../model/trial.ts';
import type { Basis, VerdictWord } from '../../model/verdict.ts';
import type { ExperimentLine } from '../../record/experiment-line.ts';
import type { BestStep } from '../../record/findings/chart.ts';
import type { DeadEnd, Group } from '../../record/findings/groups.ts';
import type { Headline } from '../../record/findings/headline.ts';
import type { Spent } from '../../record/findings/spent.ts';
import type { ChampionStep, KeepStanding, KeptChange } from '../../record/findings/stack.ts';

/*
 * What crosses between the server and the page, and the only file of src/ that web/ reads. Types alone: the page holds no rule of
 * the study. Times in milliseconds since 1970; values and gains in the metric's unit, gains positive where better.
 */

/** Where a reader stands: the study, and the ledger's sequence of the last entry that it was told of. */
export interface Position {
  readonly study: string;
  readonly sequence: number;
}

/** One experiment in the table and on the chart. */
export interface ExperimentRow {
  readonly id: ExperimentId;
  /** At most 240 characters: the experiment's own page has the whole. */
  readonly hypothesis: string;
  readonly category: Category;
  readonly researcher: string;
  /** The names of what was edited, with their files, divided by `; `; empty where the ledger does not say it. */
  readonly places: string;
  readonly verdict: ExperimentLine['verdict'];
  readonly metric: number | null;
  /** Where it would have ended, where it was stopped early. */
  readonly foretold: number | null;
  readonly delta: number | null;
  /** Of a keep: what became of it. */
  readonly keep: KeepStanding | null;
  /** Wall seconds of its trials. */
  readonly seconds: number;
  /** Of its verdict; of its proposal where it has none. */
  readonly at: number;
}

/** A page of experiments in their order, and where the reader stands with it. */
export interface RowPage extends Position {
  readonly rows: readonly ExperimentRow[];
  /** The experiment after which the next page begins; null on the last page. */
  readonly next: ExperimentId | null;
}

/** A number with what is known of its error: 95% where there is an interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export type Phase = 'running' | 'paused' | 'stopping' | 'stopping-now' | 'stopped' | 'died';

/** Everything above the fold. */
export interface Overview extends Position {
  readonly lab: string;
  readonly version: string;
  readonly startedAt: number;
  /** Until when the time at work counts. */
  readonly at: number;
  readonly phase: Phase;
  readonly objective: {
    readonly name: string;
    readonly unit: string;
    readonly direction: 'minimize' | 'maximize';
    readonly minimumEffect: number;
    /** Digits after the point that a value of it is told with. */
    readonly decimals: number;
  };
  /** Did it get better, by how much, is it real. */
  readonly headline: Headline;
  /** Between which values the champion's score lies, with 95%. */
  readonly championInterval: { readonly low: number; readonly high: number } | null;
  readonly championExperiment: ExperimentId | null;
  readonly noise: NoiseStanding | null;
  /** Of the uncertified keeps in the champion, how many are expected to be luck. */
  readonly expectedLuck: number;
  readonly verdicts: Readonly<Partial<Record<VerdictWord, number>>>;
  readonly judged: number;
  readonly open: number;
  readonly perHour: number | null;
  readonly spent: Spent;
  readonly best: readonly BestStep[];
  /** The last verdicts, newest first. */
  readonly last: readonly ExperimentId[];
  readonly slots: number;
}

/** What a slot is doing at the moment. */
export interface WireSlot {
  readonly slot: number;
  readonly trial: TrialId;
  readonly purpose: Purpose;
  readonly experiment: ExperimentId | null;
  /** The hypothesis that is tried, or what else the trial is for. */
  readonly what: string;
  readonly stage: Stage | 'preparing';
  /** 0 to 1. */
  readonly share: number;
  readonly seconds: number;
  readonly curve: WireCurve;
}

/** Progress, 0 to 1, and the metric at it. */
export type WireCurve = readonly (readonly [progress: number, value: number])[];

export interface SlotsFrame {
  readonly free: number;
  readonly busy: readonly WireSlot[];
  /** What the running trials are held against. */
  readonly champion: WireCurve;
  /** The metric of the curves: the objective, or what the lab streams instead; null where it streams nothing. */
  readonly streamed: string | null;
}

/** What an entry of the ledger changed. */
export interface ChangeFrame extends Position {
  /** Null where it takes its time: it follows. */
  readonly overview: Overview | null;
  readonly rows: readonly ExperimentRow[];
}

export interface WireTrial {
  readonly trial: TrialId;
  readonly purpose: Purpose;
  readonly seed: number;
  readonly budget: string;
  readonly value: number | null;
  readonly steps: number | null;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
  /** `completed`, or what became of it in words. */
  readonly outcome: string;
  readonly isCompleted: boolean;
  readonly curve: WireCurve;
}

export interface WireComparison {
  readonly candidate: number;
  readonly parent: number;
  readonly gain: number;
  readonly candidateTrials: readonly TrialId[];
  readonly parentTrials: readonly TrialId[];
  readonly basis: Basis | null;
  readonly size: SyntaxSize | null;
}

/** A guard of the program, and what the experiment's trials came to on average. */
export interface WireGuard {
  readonly name: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly value: number | null;
}

export interface Relative {
  readonly id: ExperimentId;
  readonly hypothesis: string;
}

/** Everything about one experiment but its difference and its log, which are asked for by themselves. */
export interface ExperimentDetail extends ExperimentRow {
  readonly study: string;
  readonly wholeHypothesis: string;
  readonly edit: string;
  readonly commit: string;
  readonly parentCommit: string;
  readonly expectedGain: number | null;
  readonly proposedAt: number;
  readonly reason: string | null;
  readonly withdrawn: string | null;
  /** The verdict and its evidence in plain words. */
  readonly words: readonly string[];
  readonly comparison: WireComparison | null;
  readonly certificate:
    | (Estimate & { readonly trials: number; readonly method: 'switch-off' | 'pairs' })
    | null;
  readonly guards: readonly WireGuard[];
  readonly trials: readonly WireTrial[];
  readonly champion: WireCurve;
  /** The metric of the curves: the objective, or what the lab streams instead; null where it streams nothing. */
  readonly streamed: string | null;
  /** The experiment whose commit it was made on; null for the baseline. */
  readonly parent: Relative | null;
  readonly children: readonly Relative[];
  readonly childCount: number;
  /** Its place among the champion's changes, from 1; null where it is not one of them. */
  readonly place: number | null;
  readonly replay: string;
}

export interface WireDifference {
  readonly text: string;
  readonly truncated: boolean;
}

export interface WireLog {
  readonly trial: TrialId;
  readonly lines: readonly string[];
}

/** What the study learned. */
export interface Learned extends Position {
  readonly categories: readonly Group[];
  readonly sites: readonly Group[];
  /** How many sites there are; the first 200 are listed. */
  readonly siteCount: number;
  readonly researchers: readonly Group[];
  readonly deadEnds: readonly DeadEnd[];
  readonly changes: readonly KeptChange[];
  readonly champions: readonly ChampionStep[];
}

/** What somebody with the token can ask for. */
export type WireWish = 'pause' | 'resume' | 'stop';

/** The answer to an action. */
export type Told =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

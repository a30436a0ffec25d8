import type { LedgerEntry } from '../../model/event.ts';
import type { Commit, TrialId } from '../../model/identity.ts';
import type { StudyLimit } from '../../model/limit.ts';
import type { Guard } from '../../model/program.ts';
import type { StudyState } from '../../model/study.ts';
import type { CurvePoint, EndedTrial } from '../../model/trial.ts';
import type { Weighed } from '../../record/findings/weighed.ts';
import type { Phase, SlotsFrame, Told, WireDifference, WireWish } from './wire.ts';

/** A study as it stands at one moment. `state` is live: it moves on with the next look. */
export interface PageLook {
  readonly state: StudyState;
  /** Of the ledger's last entry that is in `state`. */
  readonly sequence: number;
  readonly phase: Phase;
}

/** What the page's server needs of a study, its lab and its engine. Nothing here measures or judges. */
export interface PageDesk {
  readonly lab: string;
  readonly version: string;
  /** Takes in what was written since the last look, and returns it with the study as it stands. @throws Error where the ledger cannot be read */
  look(): PageLook & { readonly entries: readonly LedgerEntry[] };
  /** What the ledger has after a sequence, oldest first. */
  entriesAfter(sequence: number): Iterable<LedgerEntry>;
  /** What those who judge make of it. */
  weigh(state: StudyState): Weighed;
  /** How far the champion's score may be from the mean of its trials, with 95%; undefined where nobody knows its noise. */
  reach(weighed: Weighed): number | undefined;
  limits(): readonly StudyLimit[];
  guards(): readonly Guard[];
  slots(): SlotsFrame;
  curve(trial: TrialId): readonly CurvePoint[];
  /** The end of what a trial's `run` printed. */
  output(trial: TrialId): readonly string[];
  difference(parent: Commit, commit: Commit): Promise<WireDifference>;
  budgetText(trial: EndedTrial): string;
  outcomeText(trial: EndedTrial): string;
  /** A value as a sentence tells it, with its unit; a gain with its sign. */
  valueText(value: number): string;
  gainText(gain: number): string;
  decimals(state: StudyState, typical: number): number;
  /** How a person runs an experiment's trials again. */
  replayCommand(experiment: number): string;
  wish(wish: WireWish): Told;
  suggest(idea: string, patch: string | undefined): Promise<Told>;
  /** Makes a stranger's text harmless on a screen: no escape sequences, no marks that reorder. */
  clean(text: string): string;
  readonly longestIdea: number;
  readonly longestPatch: number;
}

import type { Certificate } from './certificate.ts';
import type { Champion } from './champion.ts';
import type { EventOf, ReportedExperiment } from './event.ts';
import type { HoldoutAnswer } from './holdout.ts';
import type { Commit, ExperimentId, HardwareClass, TrialId } from './identity.ts';
import type { Proposal } from './proposal.ts';
import type { Spending } from './spending.ts';
import type { EndedTrial, Trial } from './trial.ts';
import type { Verdict } from './verdict.ts';

/** One proposal on its way to a verdict. Times in milliseconds since 1970. */
export type Experiment = {
  readonly proposal: Proposal;
  readonly proposedAt: number;
} & (
  | { readonly status: 'open' }
  | { readonly status: 'set-aside'; readonly reason: string }
  | { readonly status: 'judged'; readonly verdict: Verdict; readonly judgedAt: number }
);

/** One point of the running best: the champion's value when it became champion, as far as its verdict believed it. */
export interface Milestone {
  readonly at: number;
  readonly experiment: ExperimentId;
  readonly value: number;
}

/**
 * What the ledger says, and the only source of truth for everyone who asks: a fold over its events.
 * Readers take it as read-only; `record/replay.ts` alone writes it.
 */
export interface StudyState {
  readonly study: EventOf<'study-start'>;
  readonly startedAt: number;
  readonly experiments: ReadonlyMap<ExperimentId, Experiment>;
  /** Experiments without verdict, oldest first: a judge looks at these, so its work does not grow with the study. */
  readonly open: ReadonlySet<ExperimentId>;
  /**
   * Kept experiments whose parent was no longer the champion: each waits for a merge proposal. An experiment leaves
   * when a champion-move, a merge proposal or a merge-conflict names it, and comes back when its merge proposal is set
   * aside.
   */
  readonly unmerged: ReadonlySet<ExperimentId>;
  /** Discarded on a forecast, or weighed against luck: each may be tried again, and then gets another verdict. */
  readonly parked: ReadonlySet<ExperimentId>;
  /** Kept changes that left the champion again, and why. */
  readonly withdrawn: ReadonlyMap<ExperimentId, string>;
  readonly running: ReadonlyMap<TrialId, Trial>;
  readonly ended: ReadonlyMap<TrialId, EndedTrial>;
  /** Trials, running or ended, by the commit they ran. */
  readonly trialsOf: ReadonlyMap<Commit, readonly TrialId[]>;
  /** Trials, running or ended, of a champion with changes switched off, by its own commit; without those for transfer. */
  readonly switchedOff: ReadonlyMap<Commit, readonly TrialId[]>;
  /** Kept changes that cannot be taken out of the champion alone, by that champion's commit. */
  readonly inseparable: ReadonlyMap<Commit, ReadonlySet<ExperimentId>>;
  readonly certificates: readonly Certificate[];
  readonly holdout: readonly HoldoutAnswer[];
  readonly champions: ReadonlyMap<HardwareClass, Champion>;
  readonly milestones: readonly Milestone[];
  readonly imported: readonly ReportedExperiment[];
  /** What each researcher was paid for thinking; those that cost nothing are not among them. */
  readonly spending: ReadonlyMap<string, Spending>;
  /** Researchers that could not think when they were last asked. */
  readonly failing: ReadonlyMap<string, { readonly reason: string; readonly at: number }>;
  readonly activity: 'running' | 'paused' | 'stopped';
  /** The engine that wrote last. */
  readonly engine: EventOf<'engine-start'> | undefined;
  /** Trials from this one on were submitted by that engine: what spoiled earlier ones may be mended by now. */
  readonly engineSince: TrialId;
  /** How many of that engine's trials the machine has spoiled since it last let one run to its end. */
  readonly faultsInARow: number;
  /** Seconds during which an engine was at work on this study, up to the last event. */
  readonly activeSeconds: number;
  readonly lastEventAt: number;
  readonly nextExperiment: ExperimentId;
  readonly nextTrial: TrialId;
  /** Experiments with a verdict. */
  readonly judged: number;
  /** Verdicts, the later ones of what was parked included. */
  readonly verdicts: number;
}

/** The champion on a class of hardware; the baseline where none has moved yet. */
export function championOn(state: StudyState, hardware: HardwareClass): Champion {
  return state.champions.get(hardware) ?? { commit: state.study.baseline, stack: [] };
}

/** The kept changes of the champion that stands on a commit, on whichever class, or stood on it before others were kept. */
export function stackAt(state: StudyState, commit: Commit): readonly ExperimentId[] | undefined {
  for (const champion of state.champions.values()) {
    if (champion.commit === commit) return champion.stack;
    const last = champion.stack.findIndex((id) => state.experiments.get(id)?.proposal.commit === commit);
    if (last !== -1) return champion.stack.slice(0, last + 1);
  }
  return undefined;
}

/** The changes that coins were tossed for, each time a champion was run without some of them; none where it never was. */
export function tossedAt(state: StudyState, champion: Commit): readonly ExperimentId[] {
  const last = state.switchedOff.get(champion)?.at(-1);
  const trial = last === undefined ? undefined : (state.ended.get(last) ?? state.running.get(last));
  return trial?.switchedOff?.tossed ?? [];
}

/** Ended trials of a commit, oldest first. */
export function endedTrialsOf(state: StudyState, commit: Commit): EndedTrial[] {
  return (state.trialsOf.get(commit) ?? []).flatMap((trial) => state.ended.get(trial) ?? []);
}

/** Seconds an engine was at work on the study, counted up to `now` (milliseconds since 1970) while one is. */
export function activeSecondsAt(state: StudyState, now: number): number {
  const sinceLastEvent = state.activity === 'running' ? Math.max(0, now - state.lastEventAt) / 1000 : 0;
  return state.activeSeconds + sinceLastEvent;
}

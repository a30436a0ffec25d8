import type { SlotState } from '../../engine/board.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { StudyState } from '../../model/study.ts';
import type { Purpose, Stage, Trial } from '../../model/trial.ts';
import type { BudgetUse } from '../../record/findings/budget.ts';

/** What one slot is doing. Plain data: the engine writes it to a file twice a second for other terminals. */
export type SlotView =
  | { readonly kind: 'free'; readonly slot: number }
  | {
      readonly kind: 'busy';
      readonly slot: number;
      readonly purpose: Purpose;
      /** Whose commit is tried; absent where no experiment made it: then `what` says what it is. */
      readonly experiment?: ExperimentId;
      readonly hypothesis?: string;
      readonly what?: string;
      readonly stage: Stage | 'preparing';
      /** How far the trial is, 0 to 1. */
      readonly share: number;
      /** Seconds of the trial's clock so far. */
      readonly seconds: number;
    };

/** What the engine was asked to do last; `stopped` where none is at work. */
export type Phase = 'running' | 'paused' | 'stopping' | 'stopping-now' | 'stopped';

/** Everything that the terminal shows, as plain data. */
export interface LiveView {
  /** The lab as a person names it: `labs/gpt`. */
  readonly lab: string;
  readonly state: StudyState;
  readonly slots: readonly SlotView[];
  readonly budget: readonly BudgetUse[];
  readonly phase: Phase;
  /** Whose terminal it is: Ctrl-C at the engine's own ends the engine, elsewhere it only leaves the view. */
  readonly seat: 'engine' | 'elsewhere';
  /** Address of the page, where one is served. */
  readonly page?: string;
  /** Milliseconds since 1970. Where no engine is at work: the time of the last event. */
  readonly now: number;
}

/** The engine's slots with the hypotheses that are tried in them. */
export function slotViews(slots: readonly SlotState[], state: StudyState): SlotView[] {
  return slots.map((slot) => {
    if (slot.kind === 'free') return slot;
    const { trial, stage, share, usage } = slot;
    const proposal = proposalOf(state, trial.commit);
    const seconds = trial.conditions.budget.clock === 'cpu' ? usage.cpuSeconds : usage.wallSeconds;
    const tried = proposal
      ? { experiment: proposal.experiment, hypothesis: proposal.hypothesis }
      : { what: nameOf(trial, state) };
    return { kind: 'busy', slot: slot.slot, purpose: trial.purpose, ...tried, stage, share, seconds };
  });
}

function nameOf({ commit, switchedOff }: Trial, state: StudyState): string {
  if (switchedOff && switchedOff.experiments.length > 0)
    return `the champion without ${switchedOff.experiments.map((id) => `#${id}`).join(', ')}`;
  return commit === state.study.baseline ? 'the baseline' : 'the champion, which lost a change';
}

function proposalOf(state: StudyState, commit: Commit): Proposal | undefined {
  for (const id of state.open) {
    const proposal = state.experiments.get(id)?.proposal;
    if (proposal?.commit === commit) return proposal;
  }
  for (const { proposal } of state.experiments.values()) if (proposal.commit === commit) return proposal;
  return undefined;
}

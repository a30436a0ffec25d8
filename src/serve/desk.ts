import type { Commit, TrialId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';

/** The engine behind a study, as an agent is told of it. */
export type EngineStanding =
  | {
      readonly kind: 'working';
      readonly course: 'running' | 'paused' | 'stopping' | 'stopping-now';
      readonly slots: number;
      /** How far each trial in a slot is, 0 to 1. */
      readonly busy: readonly { readonly trial: TrialId; readonly share: number }[];
    }
  /** It reached a limit, was asked to stop, or had nothing left to do. */
  | { readonly kind: 'ended' }
  /** It was killed, or the machine was, before it could say that it stops. */
  | { readonly kind: 'died' };

/** A study as it stands at one moment. `state` is live: it moves on with the next look. */
export interface Look {
  readonly state: StudyState;
  readonly engine: EngineStanding;
  /** What became of the engine since the last answer, to be told once. */
  readonly news?: string;
}

export type Ticket = string;
export type TicketFate =
  | { readonly kind: 'waits'; readonly ahead: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'gone' };

export interface Difference {
  readonly text: string;
  readonly truncated: boolean;
}

/** What the server needs of a lab, its study and its engine. Nothing here measures, judges, or reads what no run sees. */
export interface Desk {
  /** Attaches to the study, or starts it. @throws Error with a message that the agent may read */
  look(): Promise<Look>;
  /** The latest look at a study that `look` has attached to: quick, and of this moment. */
  glance(): Look;
  /** What a researcher that is a language model is told before it proposes. */
  brief(): Promise<string>;
  /** The champion's editable files by path, without what no run sees. */
  sources(): Promise<ReadonlyMap<string, string>>;
  difference(parent: Commit, commit: Commit): Promise<Difference>;
  /** The end of what a trial's `run` printed; never that of an evaluation. */
  output(trial: TrialId): readonly string[];
  /** Puts a proposal into the engine's queue, on disk when this returns. */
  leave(proposal: { readonly idea: string; readonly patch: string; readonly author: string }): Ticket;
  waiting(): number;
  fate(ticket: Ticket): TicketFate;
  /** What the experiment of a ticket says that it edits. */
  editOf(ticket: Ticket): string;
  readonly ticketPattern: RegExp;
  /** Characters of a patch. */
  readonly longestPatch: number;
  /** Makes a stranger's text harmless on a screen. */
  clean(text: string): string;
}

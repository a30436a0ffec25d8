import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentId } from '../model/identity.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import type { Desk, Look, Ticket } from './desk.ts';
import { engineWords } from './texts.ts';
import { championWords, experimentWords, reasonWords } from './words.ts';

/** What an agent holds of a proposal: its experiment's number, or the ticket that it got before there was one. */
export type Handle =
  | { readonly kind: 'experiment'; readonly id: ExperimentId }
  | { readonly kind: 'ticket'; readonly ticket: Ticket };

/** Where a proposal is. What is settled stays as it is, and there is nothing more to wait for. */
export type Position =
  | { readonly kind: 'queued'; readonly ticket: Ticket; readonly text: string }
  | { readonly kind: 'running'; readonly experiment: Experiment; readonly text: string }
  | { readonly kind: 'judged'; readonly experiment: Experiment; readonly text: string }
  | { readonly kind: 'set-aside'; readonly experiment: Experiment; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  /** No engine is at work that could go on with it. */
  | { readonly kind: 'stalled'; readonly experiment: Experiment | undefined; readonly text: string };

/** @throws Error where there is no such experiment or ticket */
export function positionOf(desk: Desk, look: Look, handle: Handle): Position {
  const { state, engine } = look;
  const experiment = experimentOf(desk, state, handle);
  if (experiment !== undefined) return positionOfExperiment(look, handle, experiment);
  if (handle.kind === 'experiment') throw new Error(unknownText(state, handle.id));
  const fate = desk.fate(handle.ticket);
  switch (fate.kind) {
    case 'refused':
      return { kind: 'refused', text: refusalText(state, fate.reason) };
    case 'waits': {
      const ahead = fate.ahead === 0 ? '' : `, ${fate.ahead} before it`;
      const text = `${handle.ticket} waits in the queue${ahead}`;
      if (engine.kind === 'working') return { kind: 'queued', ticket: handle.ticket, text };
      return { kind: 'stalled', experiment: undefined, text: `${text}. Engine: ${engineWords(engine)}` };
    }
    case 'gone': {
      // Between the look at the ledger and that at the queue the engine may have taken it.
      const now = desk.glance();
      const taken = experimentOf(desk, now.state, handle);
      if (taken !== undefined) return positionOfExperiment(now, handle, taken);
      throw new Error(`no proposal has ticket ${handle.ticket}: \`history\` lists the experiments`);
    }
    default:
      return fate satisfies never;
  }
}

/** The experiment itself, or the latest one that carried it over to a champion that had moved. */
function experimentOf(desk: Desk, { experiments }: StudyState, handle: Handle): Experiment | undefined {
  const own = handle.kind === 'experiment' ? experiments.get(handle.id) : undefined;
  if (handle.kind === 'experiment' && own?.status !== 'set-aside') return own;
  const edit = handle.kind === 'ticket' ? desk.editOf(handle.ticket) : own?.proposal.edit;
  return [...experiments.values()].findLast(({ proposal }) => proposal.edit === edit);
}

function positionOfExperiment({ state, engine }: Look, handle: Handle, experiment: Experiment): Position {
  const { experiment: id } = experiment.proposal;
  const text = `#${id} ${experimentWords(state, experiment)}${carriedWords(handle, id)}`;
  switch (experiment.status) {
    case 'judged':
      return { kind: 'judged', experiment, text: `${text}\nThe champion is ${championWords(state)}.` };
    case 'set-aside':
      return {
        kind: 'set-aside',
        experiment,
        text: `${text}. The champion is ${championWords(state)} now: read it with \`brief\`, and propose against it.`,
      };
    case 'open':
      if (engine.kind !== 'working')
        return { kind: 'stalled', experiment, text: `${text}. Engine: ${engineWords(engine)}` };
      return {
        kind: 'running',
        experiment,
        text: engine.course === 'paused' ? `${text}; the study is paused` : text,
      };
    default:
      return experiment satisfies never;
  }
}

function carriedWords(handle: Handle, id: ExperimentId): string {
  if (handle.kind === 'ticket' || handle.id === id) return '';
  return ` (this is #${handle.id}, carried over to the champion, which had moved)`;
}

function unknownText(state: StudyState, id: number): string {
  const last = state.nextExperiment - 1;
  return `no experiment ${id}: the study has ${last === 0 ? 'none yet' : `1 to ${last}`}`;
}

/** Why, and how it is mended. */
function refusalText(state: StudyState, reason: string): string {
  const mend = /does not exist in index|No such file/.test(reason)
    ? 'Change only files that `brief` shows, named as a/FILE and b/FILE; a rename or copy is written as a removed and a new file.'
    : /corrupt patch|unrecognized input|No valid patches|patch fragment/.test(reason)
      ? 'Write a unified diff as "git diff" prints it: each hunk header counts its lines, and each line begins with a space, + or -.'
      : 'Read the champion with `brief`, and write the patch against it.';
  const told = reason.replace(/: does not exist in index$/, ': no file that may be edited');
  return `refused: ${reasonWords(told)}. The champion is ${championWords(state)}. ${mend}`;
}

export interface Following {
  readonly signal: AbortSignal;
  /** Milliseconds from now. */
  readonly patience: number;
  readonly isEnough: (position: Position) => boolean;
  /** Called about every two seconds. */
  readonly onProgress?: (position: Position, share: number) => void;
}

/** Milliseconds between two looks at the ledger, and between two words of progress. */
const INTERVAL = 150;
const PROGRESS_INTERVAL = 2_000;
/** The engine may carry over what was set aside: only after so many milliseconds that is its end. */
const CARRYING = 3_000;

/** Looks until there is enough, the patience is over or it is cancelled, and answers where the proposal is then. */
export async function follow(desk: Desk, handle: Handle, following: Following): Promise<Position> {
  const start = performance.now();
  let told = start;
  let asideSince: number | undefined;
  for (;;) {
    const look = desk.glance();
    const position = positionOf(desk, look, handle);
    const now = performance.now();
    const left = following.patience - (now - start);
    asideSince = position.kind === 'set-aside' ? (asideSince ?? now) : undefined;
    const mayBeCarried =
      asideSince !== undefined && now - asideSince < CARRYING && look.engine.kind === 'working';
    if ((following.isEnough(position) && !mayBeCarried) || left <= 0 || following.signal.aborted)
      return position;
    if (now - told >= PROGRESS_INTERVAL) {
      told = now;
      following.onProgress?.(position, shareOf(look, position));
    }
    await sleep(Math.min(INTERVAL, left), undefined, { signal: following.signal }).catch(() => undefined);
  }
}

/** How far its trial in a slot is, 0 to 1. */
function shareOf({ state, engine }: Look, position: Position): number {
  if (position.kind !== 'running' || engine.kind !== 'working') return 0;
  const { commit } = position.experiment.proposal;
  return Math.max(
    0,
    ...engine.busy.map(({ trial, share }) => (state.running.get(trial)?.commit === commit ? share : 0)),
  );
}

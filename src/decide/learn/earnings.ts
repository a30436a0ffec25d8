import type { TrialId } from '../../model/identity.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { type Conditions, comparable, type EndedTrial } from '../../model/trial.ts';
import { believedGain } from '../../model/verdict.ts';
import { onceATrial } from './once-a-trial.ts';
import { worthOfGain } from './worth.ts';

/** What slots have earned lately. */
export interface Earnings {
  /** Gains that were kept, as far as they are believed: what they are worth, in the metric's unit. */
  readonly gained: number;
  /** Keeps among them. */
  readonly keeps: number;
  /** Slot time, in whole trials. */
  readonly trials: number;
}

/** After this many whole trials what was earned counts half: the first gains are the largest, and supplies run dry. */
const HALF_LIFE = 40;

interface Sums {
  readonly champion: string;
  readonly unit: number;
  readonly scale: number;
  readonly ended: number;
  readonly gained: number;
  readonly keeps: number;
  readonly seconds: number;
}

/** A fold over the trials that goes on where it stopped, as long as nothing of what it added has changed. */
const summed = new WeakMap<StudyState['ended'], Sums>();

/** Of the champion's stack, the latest counting most. */
export function earningsOf(
  state: StudyState,
  conditions: Conditions,
  trialSeconds: number,
  scale: number,
): Earnings {
  if (trialSeconds === 0) return { gained: 0, keeps: 0, trials: 0 };
  const unit = firstSeconds(state, conditions);
  const champion = championOn(state, conditions.hardware).commit;
  const known = summed.get(state.ended);
  const goesOn = known?.champion === champion && known.unit === unit && known.scale === scale;
  let { ended, gained, keeps, seconds } = goesOn ? known : NOTHING;
  const gains = ended === state.ended.size ? new Map() : gainsByTrial(state, conditions);
  for (const { trial, usage } of fromIndex(state.ended, ended)) {
    const rest = 0.5 ** (usage.wallSeconds / (HALF_LIFE * unit));
    const gain = gains.get(trial);
    gained = gained * rest + worthOfGain(gain ?? 0, scale);
    keeps = keeps * rest + (gain === undefined ? 0 : 1);
    seconds = seconds * rest + usage.wallSeconds;
  }
  ended = state.ended.size;
  summed.set(state.ended, { champion, unit, scale, ended, gained, keeps, seconds });
  return { gained, keeps, trials: seconds / trialSeconds };
}

const NOTHING = { ended: 0, gained: 0, keeps: 0, seconds: 0 };

function* fromIndex(ended: StudyState['ended'], index: number): Generator<EndedTrial> {
  if (index === ended.size) return;
  let at = 0;
  for (const trial of ended.values()) if (at++ >= index) yield trial;
}

/** The believed gain of each change in the champion, at the last trial that its keep cites. */
function gainsByTrial(state: StudyState, { hardware }: Conditions): Map<TrialId, number> {
  const gains = new Map<TrialId, number>();
  for (const id of championOn(state, hardware).stack) {
    const experiment = state.experiments.get(id);
    if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') continue;
    const { evidence } = experiment.verdict;
    const last = evidence.candidateTrials.at(-1);
    if (last !== undefined) gains.set(last, Math.max(0, believedGain(evidence)));
  }
  return gains;
}

/** Trials whose length is averaged. */
const TIMED = 20;
/** So many whole trials at a study's start set the unit that memory fades by: it must not change under the fold. */
const FIRST = 5;

/** Mean length of the last whole trials, in seconds of a slot; 0 while none has completed. */
export const trialSecondsOf = onceATrial((state, conditions) => {
  const trials = [...state.ended.values()].slice(-10 * TIMED);
  return meanLength(trials.filter((trial) => isWhole(trial, conditions)).slice(-TIMED));
});

function firstSeconds(state: StudyState, conditions: Conditions): number {
  const first: EndedTrial[] = [];
  for (const trial of state.ended.values()) {
    if (isWhole(trial, conditions)) first.push(trial);
    if (first.length === FIRST) break;
  }
  return meanLength(first);
}

function isWhole({ outcome, conditions }: EndedTrial, now: Conditions): boolean {
  return outcome.kind === 'completed' && comparable(conditions, now);
}

function meanLength(trials: readonly EndedTrial[]): number {
  const seconds = trials.reduce((sum, { usage }) => sum + usage.wallSeconds, 0);
  return trials.length === 0 ? 0 : seconds / trials.length;
}

import type { Objective } from '../../model/objective.ts';
import type { VerdictWord } from '../../model/verdict.ts';
import { oneLine } from '../../process/one-line.ts';
import type { ExperimentLine } from '../../record/experiment-line.ts';
import type { Tone } from './paint.ts';

/** How a verdict looks: its symbol tells it apart where there is no colour. */
export const VERDICT_LOOK: Readonly<Record<VerdictWord, { readonly symbol: string; readonly tone: Tone }>> = {
  keep: { symbol: '✓', tone: 'good' },
  discard: { symbol: '·', tone: 'faint' },
  crash: { symbol: '✗', tone: 'bad' },
  timeout: { symbol: '»', tone: 'warning' },
  invalid: { symbol: '!', tone: 'bad' },
  inconclusive: { symbol: '?', tone: 'warning' },
};

/** A lab's name in a sentence: the folder one stands in has none. */
export function labTitle(lab: string): string {
  return lab === '.' ? 'this folder' : oneLine(lab);
}

/** What a reader must know of a score that the candidate printed itself. */
export const CANDIDATE_REPORTED = 'candidate-reported';

/** `smaller is better`. */
export function betterWhen(objective: Objective): string {
  return objective.direction === 'minimize' ? 'smaller is better' : 'larger is better';
}

/** The same for what has no verdict: an experiment on its way, or one that was set aside. */
export function lookOf(word: ExperimentLine['verdict']): { symbol: string; tone: Tone } {
  if (word === 'waiting') return { symbol: '…', tone: 'faint' };
  if (word === 'running') return { symbol: '…', tone: 'accent' };
  if (word === 'proposed' || word === 'set-aside') return { symbol: ' ', tone: 'faint' };
  return VERDICT_LOOK[word];
}

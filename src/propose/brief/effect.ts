import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { oneDigit, withOneDigit } from '../../model/told.ts';
import {
  believedGain,
  type Comparison,
  errorOfGain,
  forecastOf,
  reasonForResearcher,
  type Verdict,
} from '../../model/verdict.ts';
import { oneLine, withoutSlots } from './data.ts';

/** Characters of the reason why something failed. */
const LONGEST_REASON = 120;

/** What became of a change, as far as it can be told from luck. */
export type Effect =
  | { readonly kind: 'better' | 'perhaps better' | 'worse' | 'perhaps worse'; readonly gain: number }
  | { readonly kind: 'no difference' }
  | { readonly kind: 'broken'; readonly word: 'crashed' | 'ran out of time' | 'gave no valid score' }
  | { readonly kind: 'undecided' };

/** Standard errors beyond which a gain, or a loss, is said without a "perhaps". */
const CLEAR = 2;

export function effectOf(state: StudyState, id: ExperimentId, verdict: Verdict): Effect {
  switch (verdict.kind) {
    case 'keep': {
      const gain = creditedGain(state, id, verdict.evidence);
      return gain > 0 ? { kind: 'better', gain } : { kind: 'no difference' };
    }
    case 'discard':
      return discarded(verdict.evidence, state.study.objective.minimumEffect);
    case 'crash':
      return { kind: 'broken', word: 'crashed' };
    case 'timeout':
      return { kind: 'broken', word: 'ran out of time' };
    case 'invalid':
      return { kind: 'broken', word: 'gave no valid score' };
    case 'inconclusive':
      return { kind: 'undecided' };
    default:
      return verdict satisfies never;
  }
}

/** By its certificate, else as far as its verdict believed it. A change that was kept for its simplicity gained nothing. */
export function creditedGain(state: StudyState, id: ExperimentId, evidence: Comparison): number {
  const certificate = state.certificates.findLast(({ of }) => of.kind === 'change' && of.experiment === id);
  if (certificate) return certificate.effect.value;
  return evidence.size === undefined ? believedGain(evidence) : 0;
}

function discarded(evidence: Comparison, minimumEffect: number): Effect {
  const { gain } = evidence;
  const error = errorOfGain(evidence);
  const size = Math.abs(gain);
  if (size === 0 || size < Math.max(error, minimumEffect)) return { kind: 'no difference' };
  const isClear = size >= CLEAR * error;
  // What is clearly better is kept: a discard that looks so was shown to be luck, or was stopped before it could be shown.
  if (gain > 0) return { kind: 'perhaps better', gain };
  return { kind: isClear ? 'worse' : 'perhaps worse', gain };
}

/** `perhaps worse by about 0.3`, `crashed`. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'better':
    case 'perhaps better':
    case 'worse':
    case 'perhaps worse':
      return `${effect.kind} by about ${oneDigit(Math.abs(effect.gain))}`;
    case 'no difference':
    case 'undecided':
      return effect.kind;
    case 'broken':
      return effect.word;
    default:
      return effect satisfies never;
  }
}

/** The same with why it failed, or that it was ended early. Some of it is of the candidate's making. */
export function verdictText(state: StudyState, id: ExperimentId, verdict: Verdict): string {
  const text = effectText(effectOf(state, id, verdict));
  if (forecastOf(verdict)) return `${text} by how it began, stopped early`;
  const isBroken = verdict.kind === 'crash' || verdict.kind === 'timeout' || verdict.kind === 'invalid';
  return isBroken ? `${text}: ${oneLine(withoutSlots(whyBroken(verdict)), LONGEST_REASON)}` : text;
}

function whyBroken(verdict: Verdict & { readonly kind: 'crash' | 'timeout' | 'invalid' }): string {
  // What ran where no validation data is needs its own words to the digit, and so does a patch that was never run.
  const isScored = verdict.kind === 'invalid' && 'trial' in verdict.evidence;
  return isScored ? withOneDigit(reasonForResearcher(verdict.reason)) : verdict.reason;
}

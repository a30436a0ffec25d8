import { type Effect, effectOf } from '../../model/effect.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { oneDigit, withOneDigit } from '../../model/told.ts';
import { forecastOf, reasonForResearcher, type Verdict } from '../../model/verdict.ts';
import { oneLine, withoutSlots } from './data.ts';

/** Characters of the reason why something failed. */
const LONGEST_REASON = 120;

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

import type { HoldoutAnswer, SealedScores } from '../../model/holdout.ts';
import type { Commit, Digest, HardwareClass } from '../../model/identity.ts';
import { gain, type Objective } from '../../model/objective.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import type { Conditions } from '../../model/trial.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { climbByMargin } from '../../statistics/ladder.ts';
import { meanOf, squaresOf } from '../../statistics/noise.ts';
import { noiseOf } from '../learn/noise.ts';

/** What can be asked of the sealed evaluation now. */
export type HoldoutQuestion =
  /** No kept change makes a champion. */
  | { readonly kind: 'nothing-kept' }
  | { readonly kind: 'answered'; readonly known: HoldoutAnswer }
  | { readonly kind: 'spent'; readonly asked: number; readonly nextAfter: number }
  | {
      readonly kind: 'open';
      readonly champion: Commit;
      readonly against: Commit;
      readonly asked: number;
      readonly allowed: number;
    };

/** One question for so many verdicts: 20 in 1,000 experiments. */
const EXPERIMENTS_A_QUESTION = 50;

/** How many questions about the same documents a study may ask by now: one at once, then one for each fifty verdicts begun. */
export function questionsAllowed(judged: number): number {
  return Math.max(1, Math.ceil(judged / EXPERIMENTS_A_QUESTION));
}

/** @param documents of the sealed evaluation as it is now */
export function holdoutQuestion(
  state: StudyState,
  hardware: HardwareClass,
  documents: Digest,
): HoldoutQuestion {
  const { commit: champion, stack } = championOn(state, hardware);
  if (stack.length === 0) return { kind: 'nothing-kept' };
  const answers = state.holdout.filter((answer) => answer.documents === documents);
  const known = answers.findLast((answer) => answer.champion === champion);
  if (known) return { kind: 'answered', known };
  const asked = answers.length;
  const allowed = questionsAllowed(state.judged);
  if (asked >= allowed) return { kind: 'spent', asked, nextAfter: asked * EXPERIMENTS_A_QUESTION + 1 };
  const passed = state.holdout.findLast((one) => one.answer === 'pass' && one.champion !== champion);
  return { kind: 'open', champion, against: passed?.champion ?? state.study.baseline, asked, allowed };
}

/** Chance of a false pass over the twenty questions of 1,000 experiments, where documents are paired. */
const ALPHA = 0.05;
const QUESTIONS = 20;

/**
 * Whether the champion holds on sealed data. Where both were scored on the same documents, a one-sided t-test of the paired
 * differences at a twentieth of alpha decides, else its value must be better by the margin, as on a ladder (Blum and
 * Hardt, 2015). Scores of other documents than those of its comparison are a fail.
 *
 * @param margin in the metric's unit, 0 or more
 */
export function holdoutAnswer(
  objective: Objective,
  { champion, against }: { readonly champion: SealedScores; readonly against: SealedScores },
  margin: number,
): 'pass' | 'fail' {
  const holds =
    champion.documents.size > 0 || against.documents.size > 0
      ? isBetterOnDocuments(objective, champion.documents, against.documents)
      : isBetterByMargin(objective, champion.value, against.value, margin);
  return holds ? 'pass' : 'fail';
}

function isBetterOnDocuments(
  objective: Objective,
  champion: SealedScores['documents'],
  against: SealedScores['documents'],
): boolean {
  if (champion.size !== against.size || champion.size < 2) return false;
  const gains: number[] = [];
  for (const [name, value] of champion) {
    const other = against.get(name);
    if (other === undefined) return false;
    gains.push(gain(objective, other, value));
  }
  const freedom = gains.length - 1;
  const mean = meanOf(gains);
  const error = Math.sqrt(squaresOf(gains) / freedom / gains.length);
  return mean > 0 && mean >= studentQuantile(1 - ALPHA / QUESTIONS, freedom) * error;
}

function isBetterByMargin(
  objective: Objective,
  champion: number | undefined,
  against: number | undefined,
  margin: number,
): boolean {
  if (champion === undefined || against === undefined) return false;
  const loss = (value: number) => -gain(objective, 0, value);
  if (margin === 0) return loss(champion) < loss(against);
  return climbByMargin(loss(against), loss(champion), margin).kind === 'better';
}

/**
 * By how much two trials of the same code differ as a rule, or the smallest effect that matters where that is more. In the
 * metric's unit; what the study's own evaluation has shown of the noise stands for that of the sealed one.
 */
export function holdoutMargin(state: StudyState, conditions: Conditions): number {
  const difference = Math.sqrt(2 * noiseOf(state, conditions).variance);
  return Math.max(state.study.objective.minimumEffect, difference);
}

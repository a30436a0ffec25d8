import type { Proposal, SyntaxSize } from '../model/proposal.ts';
import { championOn, type StudyState } from '../model/study.ts';
import type { Conditions } from '../model/trial.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import type { Belief, Estimate } from '../statistics/effects.ts';

/** A simpler change is taken for not worse with this confidence. */
const CONFIDENCE = 0.95;

/** What a simpler change removes, if it does. */
export function simplification({ size }: Proposal): SyntaxSize | undefined {
  return size && size.after < size.before ? size : undefined;
}

/**
 * Whether a change is shown not to be worse than its champion by more than may still be lost (a test of non-inferiority). What
 * is taken for simplicity since the last certified champion may cost one smallest effect in all.
 */
export function isNotWorse(estimate: Estimate, belief: Pick<Belief, 'mean'>, tolerance: number): boolean {
  // What is believed to be lost is what counts against the next simpler change.
  if (tolerance <= 0 || lossOf(belief) > tolerance) return false;
  const { gain, error, freedom } = estimate;
  return gain - studentQuantile(CONFIDENCE, freedom) * error > -tolerance;
}

/** How much a change may cost and still be kept because it is simpler, in the metric's unit; 0 or more. */
export function toleratedLoss(state: StudyState, { hardware }: Conditions): number {
  const { stack, commit } = championOn(state, hardware);
  const certified = state.certificates.findLast(({ of }) => of.kind === 'stack')?.of.champion;
  let spent = 0;
  for (const id of commit === certified ? [] : stack.toReversed()) {
    const experiment = state.experiments.get(id);
    if (certified !== undefined && experiment?.proposal.commit === certified) break;
    if (experiment?.status === 'judged' && experiment.verdict.kind === 'keep') {
      const { size, basis } = experiment.verdict.evidence;
      if (size !== undefined && basis?.kind === 'posterior') spent += lossOf(basis);
    }
    // A champion that came about by a withdrawal is no experiment's commit: the first kept on it has it for its parent.
    if (certified !== undefined && experiment?.proposal.parent === certified) break;
  }
  return Math.max(0, state.study.objective.minimumEffect - spent);
}

function lossOf({ mean }: Pick<Belief, 'mean'>): number {
  return Math.max(0, -mean);
}

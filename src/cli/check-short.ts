import { formatTrialBudget } from '../lab/units.ts';
import { budgetAt } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import type { CheckTrial, CheckTrials } from './check-trials.ts';
import { outcomeSentence } from './outcome.ts';

/** The number of the short trial within the check: no set of repeats is as long. */
const TRIAL = 1_000_000;

type ShortRun = Pick<CheckTrial, 'outcome' | 'usage'>;

/** The baseline under the budget by which ideas are screened; undefined where the program asks for no short trials. */
export async function shortRun(
  runs: CheckTrials,
  { screen }: Program,
  seed: number,
): Promise<ShortRun | undefined> {
  if (screen === undefined) return undefined;
  const request = { trial: TRIAL, seed, slot: 0, purpose: 'champion', fidelity: screen } as const;
  const { outcome, usage } = await runs.run(request);
  return { outcome, usage };
}

export function shortLine({ trial, screen = 1, objective }: Program, { outcome }: ShortRun): string {
  const short = `a short trial (${formatTrialBudget(budgetAt(trial, screen))})`;
  if (outcome.kind === 'completed')
    return `${short}: ${objective.name} ${outcome.measurement.value}, which is compared with short trials alone`;
  return `${short} yields no measurement, so ideas will get whole trials only: ${outcomeSentence(outcome)}`;
}

import { championOn, endedTrialsOf, type StudyState } from '../model/study.ts';
import { type Conditions, comparable, speaksForCommit } from '../model/trial.ts';

/** Says so where the champion was measured, and under no conditions that new trials can be compared with. */
export function noticesOfConditions(state: StudyState, conditions: Conditions): string[] {
  const champion = championOn(state, conditions.hardware).commit;
  const measured = endedTrialsOf(state, champion).filter(
    (trial) => trial.outcome.kind === 'completed' && speaksForCommit(trial),
  );
  const last = measured.at(-1);
  if (!last || measured.some((trial) => comparable(trial.conditions, conditions))) return [];
  const changed = differencesOf(last.conditions, conditions).join(' and ');
  return [
    `${changed} changed: what was measured before is not compared with new trials, and the champion is measured again`,
  ];
}

function differencesOf(a: Conditions, b: Conditions): string[] {
  return [
    ...(a.hardware === b.hardware ? [] : ['the hardware']),
    ...(a.budget.clock === b.budget.clock && a.budget.seconds === b.budget.seconds
      ? []
      : ["a trial's budget"]),
    ...(a.provided === b.provided ? [] : ['what `provide` names']),
  ];
}

import type { ExperimentId, TrialId } from '../../model/identity.ts';
import type { LastFailure } from '../../model/researcher.ts';
import type { StudyState } from '../../model/study.ts';
import { fenced } from '../../model/told.ts';
import { shown, withoutSlots } from './data.ts';
import { verdictText } from './effect.ts';
import { endWithin, type Section, titled } from './room.ts';
import { tokensIn } from './tokens.ts';

/** Which experiment failed last, and in which trial; undefined where none did. One that was never run printed nothing. */
export function lastFailureIn(state: StudyState): { experiment: ExperimentId; trial: TrialId } | undefined {
  let last: { experiment: ExperimentId; trial: TrialId; at: number } | undefined;
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged' || experiment.judgedAt < (last?.at ?? 0)) continue;
    const { evidence } = experiment.verdict;
    if ('trial' in evidence)
      last = { experiment: experiment.proposal.experiment, trial: evidence.trial, at: experiment.judgedAt };
  }
  return last && { experiment: last.experiment, trial: last.trial };
}

/** Lines of output that tell how something failed. */
const MOST_LINES = 40;

export function failureSection(state: StudyState, failure: LastFailure | undefined, share: number): Section {
  const experiment = failure && state.experiments.get(failure.experiment);
  if (failure === undefined || experiment?.status !== 'judged') return { share, write: () => '' };
  const title = {
    title: 'How the last failure failed',
    lead: `Experiment #${failure.experiment}: its verdict, and the end of what it printed.`,
  };
  const verdict = verdictText(state, failure.experiment, experiment.verdict);
  const output = withoutSlots(shown(failure.text)).trimEnd().split('\n').slice(-MOST_LINES).join('\n');
  return {
    share,
    write: (room) =>
      titled(title, room, (inside) => {
        const left = inside - tokensIn(verdict) - 2;
        if (left < 0) return '';
        const end = output === '' ? '' : endWithin(output, left);
        return fenced(end === '' ? verdict : `${verdict}\n\n${end}`, 'text');
      }),
  };
}

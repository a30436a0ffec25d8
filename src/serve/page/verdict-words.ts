import type { Experiment, StudyState } from '../../model/study.ts';
import type { Comparison, Verdict } from '../../model/verdict.ts';
import type { PageDesk } from './page-desk.ts';

/** What became of an experiment and why, in sentences for somebody who knows no statistics. */
export function verdictWords(desk: PageDesk, state: StudyState, experiment: Experiment): string[] {
  switch (experiment.status) {
    case 'open':
      return ['It has no verdict yet.'];
    case 'set-aside':
      return [`It was set aside before it ran: ${experiment.reason}.`];
    case 'judged':
      return [
        ...ofVerdict(desk, experiment.verdict),
        ...ofStanding(desk, state, experiment.proposal.experiment),
      ];
    default:
      return experiment satisfies never;
  }
}

function ofVerdict(desk: PageDesk, verdict: Verdict): string[] {
  switch (verdict.kind) {
    case 'keep':
    case 'discard':
      return ofComparison(desk, verdict.kind, verdict.evidence);
    case 'crash':
      return [`Trial ${verdict.evidence.trial} crashed in ${verdict.evidence.stage}, so there is no score.`];
    case 'timeout': {
      const { type, value, limit } = verdict.evidence.exceeded;
      return [
        `Trial ${verdict.evidence.trial} had used ${value.toFixed(1)} s of ${type} time and may use ${limit} s: it was ended, and has no score.`,
      ];
    }
    case 'invalid':
      if ('trial' in verdict.evidence)
        return [`What trial ${verdict.evidence.trial} did cannot be counted as a score.`];
      return ['The patch changes what nobody may change, so it was never run.'];
    case 'inconclusive':
      return ['Its trials do not tell whether it is better, and more of them are not worth a slot.'];
    default:
      return verdict satisfies never;
  }
}

function ofComparison(desk: PageDesk, kind: 'keep' | 'discard', evidence: Comparison): string[] {
  const { candidate, parent, gain, candidateTrials, parentTrials, basis, size } = evidence;
  if (basis?.kind === 'forecast')
    return [
      `It was given up after ${Math.round(100 * basis.progress)}% of the budget of a trial: by what it showed by then it would have ended ` +
        `${desk.gainText(gain)} against its parent, give or take ${desk.valueText(basis.deviation)}.`,
    ];
  const runs = (count: number) => (count === 1 ? 'one trial' : `${count} trials`);
  const measured =
    `It scored ${desk.valueText(candidate)} over ${runs(candidateTrials.length)}; its parent scored ${desk.valueText(parent)}` +
    `${parentTrials.length === 0 ? '' : ` over ${runs(parentTrials.length)}`}. That is a measured gain of ${desk.gainText(gain)}.`;
  const words = [measured];
  if (basis?.kind === 'posterior')
    words.push(
      `Of that, ${desk.gainText(basis.mean)} is to be believed (± ${desk.valueText(basis.deviation)}): the rest is what luck usually adds. ` +
        `The chance that the change does nothing, or harm, is ${percent(basis.luck)}.`,
    );
  if (basis?.kind === 'seed-not-controlled')
    words.push(
      'Runs under different seeds came out the same: the lab does not use its seed, so luck cannot be told from gain.',
    );
  if (size)
    words.push(
      `${kind === 'keep' ? 'It was kept for being simpler' : 'Its size'}: ${size.before} syntax nodes became ${size.after}.`,
    );
  return words;
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'below 0.1%';
  return `${(100 * share).toFixed(1)}%`;
}

function ofStanding(desk: PageDesk, state: StudyState, id: number): string[] {
  const withdrawn = [...state.withdrawn].find(([experiment]) => experiment === id)?.[1];
  const certificate = state.certificates.findLast(({ of }) => of.kind === 'change' && of.experiment === id);
  const words: string[] = [];
  if (certificate)
    words.push(
      `Certified: on ${certificate.trials} fresh trials it gained ${desk.gainText(certificate.effect.value)}, and between ` +
        `${desk.gainText(certificate.effect.low)} and ${desk.gainText(certificate.effect.high)} with 95% confidence.`,
    );
  if (withdrawn !== undefined) words.push(`It left the champion again: ${withdrawn}.`);
  return words;
}

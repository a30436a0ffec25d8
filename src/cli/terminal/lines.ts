import { counted, decimalsFor, formatDelta, formatValue, withUnit } from '../../lab/numbers.ts';
import type { Certificate } from '../../model/certificate.ts';
import type { MoveCause } from '../../model/champion.ts';
import type { LedgerEntry, StudyEvent } from '../../model/event.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Objective } from '../../model/objective.ts';
import { originName } from '../../model/proposal.ts';
import type { StudyState } from '../../model/study.ts';
import type { EndedTrial } from '../../model/trial.ts';
import { type Comparison, forecastOf, type Verdict } from '../../model/verdict.ts';
import { oneLine } from '../../process/one-line.ts';
import { foretoldText } from '../outcome.ts';
import { padEnd } from './text.ts';
import { betterWhen, CANDIDATE_REPORTED } from './words.ts';

/**
 * One line for an event that a reader of a log wants to know of, without escape sequences; undefined for the others.
 * `state` is the study with the entry taken in. Times are those of the machine's own time zone.
 */
export function eventLine({ at, event }: LedgerEntry, state: StudyState): string | undefined {
  const told = tell(event, state);
  return told === undefined ? undefined : `${clock(at)} ${padEnd(told.word, 7)} ${oneLine(told.text)}`;
}

function clock(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

interface Told {
  readonly word: string;
  readonly text: string;
}

function tell(event: StudyEvent, state: StudyState): Told | undefined {
  switch (event.kind) {
    case 'study-start': {
      const { objective } = event;
      const measure = withUnit(objective.name, objective.unit === '' ? '' : `in ${objective.unit}`);
      return { word: 'study', text: `${event.study}: ${measure}, ${betterWhen(objective)}` };
    }
    case 'engine-start': {
      const judge = event.judge === undefined ? '' : `, judge ${event.judge}`;
      const text = `at work with ${counted(event.slots, 'slot')} on ${event.hardware}${judge}, pid ${event.pid}`;
      return { word: 'engine', text };
    }
    case 'engine-stop':
      return { word: 'engine', text: `stopped: ${event.reason}` };
    case 'study-pause':
      return { word: 'engine', text: 'paused' };
    case 'study-resume':
      return { word: 'engine', text: 'resumed' };
    case 'trial-end':
      return tellTrial(state.ended.get(event.trial), state);
    case 'verdict':
      return tellVerdict(event.experiment, event.verdict, state);
    case 'champion-move':
      return tellMove(event.cause, event.stack.length);
    case 'merge-conflict':
      return {
        word: 'merge',
        text: `#${event.experiment} does not fit the new champion: ${event.paths.join(', ')}`,
      };
    case 'switch-conflict':
      return {
        word: 'withdraw',
        text: `#${event.experiment} cannot be taken out of the champion alone, since others build on it: ${event.paths.join(', ')}`,
      };
    case 'certificate':
      return tellCertificate(event, state.study.objective);
    case 'holdout-answer':
      return { word: 'holdout', text: `${event.champion.slice(0, 12)}: ${event.answer}` };
    case 'history-import':
      return {
        word: 'import',
        text: `${counted(event.rows.length, 'reported experiment')} from ${event.file}`,
      };
    case 'thought-fail':
      return { word: 'thought', text: `${event.researcher} could not think: ${event.reason}` };
    case 'thought-pay':
    case 'proposal-add':
    case 'proposal-set-aside':
    case 'trial-submit':
      return undefined;
    default:
      return event satisfies never;
  }
}

/** A fault of the machine, and what the baseline came to first; other trials are told by verdicts. */
function tellTrial(trial: EndedTrial | undefined, state: StudyState): Told | undefined {
  if (!trial) return undefined;
  const { outcome } = trial;
  if (outcome.kind === 'fault')
    return { word: 'fault', text: `trial ${trial.trial}: ${outcome.reason}; it is run again` };
  if (trial.commit !== state.study.baseline) return undefined;
  // In the order of their ends. The state may be ahead of the event that is told.
  const first = [...state.ended.values()].find(
    (other) => other.commit === state.study.baseline && other.outcome.kind === 'completed',
  );
  if (first !== undefined && first.trial !== trial.trial) return undefined;
  if (outcome.kind !== 'completed') return { word: 'baseline', text: outcome.kind };
  const { value, source } = outcome.measurement;
  const { objective } = state.study;
  const number = withUnit(formatValue(value, decimalsFor(objective, value)), objective.unit);
  const reported = source === 'candidate-reported' ? `, ${CANDIDATE_REPORTED}` : '';
  return { word: 'baseline', text: `${objective.name} ${number}${reported}` };
}

function tellVerdict(id: ExperimentId, verdict: Verdict, state: StudyState): Told {
  const proposal = state.experiments.get(id)?.proposal;
  const hypothesis = proposal?.hypothesis ?? '';
  const by = proposal?.origin.kind === 'merge' ? ` (${originName(proposal.origin)})` : '';
  if (verdict.kind !== 'keep' && verdict.kind !== 'discard') {
    return { word: verdict.kind, text: `#${id}${by} ${verdict.reason}: ${hypothesis}` };
  }
  const forecast = forecastOf(verdict);
  if (forecast) {
    const foretold = foretoldText({ progress: forecast.basis.progress, gain: forecast.gain });
    return { word: verdict.kind, text: `#${id}${by} ${foretold}: ${hypothesis}` };
  }
  const { candidate, parent, gain } = verdict.evidence;
  const { objective } = state.study;
  const decimals = decimalsFor(objective, parent);
  const change = formatDelta(gain, decimals);
  const numbers = `${formatValue(candidate, decimals)} (gain ${change})${reportedMark(verdict.evidence, state)}`;
  return { word: verdict.kind, text: `#${id}${by} ${objective.name} ${numbers} ${hypothesis}` };
}

/** Says so where one of the compared scores is the candidate's own. */
function reportedMark({ candidateTrials }: Comparison, state: StudyState): string {
  const reported = candidateTrials.some((trial) => {
    const outcome = state.ended.get(trial)?.outcome;
    return outcome?.kind === 'completed' && outcome.measurement.source === 'candidate-reported';
  });
  return reported ? ` ${CANDIDATE_REPORTED}` : '';
}

function tellCertificate({ of, effect, trials }: Certificate, objective: Objective): Told {
  const decimals = decimalsFor(objective, effect.value);
  const value = withUnit(formatDelta(effect.value, decimals), objective.unit);
  const what = of.kind === 'change' ? `#${of.experiment}` : `the champion against ${of.against.slice(0, 12)}`;
  const interval = `${formatDelta(effect.low, decimals)} to ${formatDelta(effect.high, decimals)}`;
  return {
    word: 'certify',
    text: `${what} certified: gain ${value} (${interval}) on ${trials} fresh trials`,
  };
}

/** A keep is told by its verdict. */
function tellMove(cause: MoveCause, stack: number): Told | undefined {
  switch (cause.kind) {
    case 'keep':
      return undefined;
    case 'merge':
      return {
        word: 'merge',
        text: `#${cause.experiment} joins the champion, which has ${counted(stack, 'kept change')}`,
      };
    case 'withdrawal':
      return {
        word: 'withdraw',
        text: `#${cause.experiment} leaves the champion, which has ${counted(stack, 'kept change')}: ${cause.reason}`,
      };
    default:
      return cause satisfies never;
  }
}

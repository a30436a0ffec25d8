import { shorten } from '../model/bound.ts';
import type { ExperimentId } from '../model/identity.ts';
import { exceededText } from '../model/limit.ts';
import type { Objective } from '../model/objective.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import { fenced, oneDigit, withOneDigit } from '../model/told.ts';
import { type Comparison, reasonForResearcher, type Verdict } from '../model/verdict.ts';

/**
 * What an agent is told of results: words, and effects of one significant digit. Whoever may ask as often as it likes learns the
 * validation data digit by digit; a digit that was never told cannot be learned.
 */

/** `better by about 0.003 bits/byte`. `gain` is positive where it is better. */
export function effectWords({ unit }: Objective, gain: number): string {
  if (gain === 0) return 'no difference';
  const of = unit === '' ? '' : ` ${oneLine(unit, 40)}`;
  return `${gain > 0 ? 'better' : 'worse'} by about ${oneDigit(Math.abs(gain))}${of}`;
}

/** On one line, of at most `most` characters. */
export function oneLine(text: string, most: number): string {
  return shorten(text.replace(/\s+/g, ' ').trim(), most);
}

/** Somebody's text as data, between quotes that it cannot close. */
export function quoted(text: string, most: number): string {
  return `"${oneLine(text, most).replaceAll('"', "'")}"`;
}

/** Somebody's text as a block that it cannot end, of at most `most` characters; it says what was left out. */
export function cutAndFenced(text: string, language: string, most: number): string {
  const shown = text.length <= most ? text : text.slice(0, most);
  const rest = text.length - shown.length;
  const note = rest === 0 ? '' : `\n(${rest} more characters are not shown)`;
  return `${fenced(shown.replace(/\n$/, ''), language)}${note}`;
}

/** A path of this machine tells an agent nothing that it may use; the file's own name may. */
export function withoutPaths(text: string): string {
  return text.replace(/(?<![\w.~/])~?\/(?:[\w.@+=-]+\/)+([\w.@+=-]*)/g, '…/$1');
}

/** A sentence that came out of a trial or the machine: one line, its long numbers with one digit, without paths. */
export function reasonWords(reason: string): string {
  return oneLine(withOneDigit(withoutPaths(reasonForResearcher(reason))), 500);
}

/** The verdict's word, the effect and what follows from it, in one sentence. */
function verdictWords(state: StudyState, id: ExperimentId, verdict: Verdict): string {
  const { objective } = state.study;
  switch (verdict.kind) {
    case 'keep':
      return `keep: ${keepWords(objective, verdict.evidence)}${standing(state, id)}`;
    case 'discard':
      return `discard: ${discardWords(objective, verdict)}`;
    case 'crash':
      // Its own words, from where no validation data is: whoever mends it needs them to the digit.
      return `crash in ${verdict.evidence.stage}: ${oneLine(withoutPaths(verdict.reason), 500)}`;
    case 'timeout':
      return `timeout: ${verdict.reason.split(' ')[0]} ${exceededText(verdict.evidence.exceeded)}`;
    case 'invalid':
    case 'inconclusive':
      return `${verdict.kind}: ${reasonWords(verdict.reason)}`;
    default:
      return verdict satisfies never;
  }
}

function keepWords(objective: Objective, { gain, size }: Comparison): string {
  return size ? 'simpler, and not worse' : effectWords(objective, gain);
}

function discardWords(objective: Objective, { reason, evidence }: Verdict & { kind: 'discard' }): string {
  const { basis, gain } = evidence;
  const effect = effectWords(objective, gain);
  if (basis?.kind === 'forecast')
    return `given up after ${Math.round(basis.progress * 100)}% of a trial's budget, where it looked ${effect}`;
  // The engine's own words for a guard that was broken, behind those for the gain.
  const broken = /; but (.*)$/s.exec(reason)?.[1];
  if (broken !== undefined) return `${effect}; but ${reasonWords(broken)}`;
  return gain > 0
    ? `${effect} as measured, which is not enough to tell from luck, or too little to matter`
    : effect;
}

function standing({ withdrawn, certificates }: StudyState, id: ExperimentId): string {
  const why = withdrawn.get(id);
  if (why !== undefined) return `; withdrawn since: ${reasonWords(why)}`;
  const isCertified = certificates.some(({ of }) => of.kind === 'change' && of.experiment === id);
  return isCertified ? '; certified on fresh seeds' : '';
}

/** How an experiment stands, in one sentence. */
export function experimentWords(state: StudyState, experiment: Experiment): string {
  const { proposal } = experiment;
  switch (experiment.status) {
    case 'judged':
      return verdictWords(state, proposal.experiment, experiment.verdict);
    case 'set-aside':
      return `set aside before it ran: ${reasonWords(experiment.reason)}`;
    case 'open': {
      const trials = state.trialsOf.get(proposal.commit) ?? [];
      if (trials.length === 0) return 'waits for a slot';
      const runs = trials.some((trial) => state.running.has(trial));
      return runs ? `trial ${trials.length} of it runs` : 'measured, and not judged yet';
    }
    default:
      return experiment satisfies never;
  }
}

/** `the baseline`, `#12`, `#12 and #14`: what the champion on the engine's hardware is made of. */
export function championWords(state: StudyState): string {
  const champion = championHere(state);
  const stack = champion?.stack ?? [];
  if (stack.length === 0) return 'the baseline, with nothing kept yet';
  const names = stack.slice(-20).map((id) => `#${id}`);
  const earlier = stack.length - names.length;
  return `the baseline with ${earlier === 0 ? '' : `${earlier} earlier changes and `}${names.join(', ')} kept`;
}

export function championHere(state: StudyState) {
  const hardware = state.engine?.hardware;
  return hardware === undefined ? undefined : state.champions.get(hardware);
}

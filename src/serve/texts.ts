import { originName } from '../model/proposal.ts';
import { activeSecondsAt, type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import { oneDigit } from '../model/told.ts';
import type { EndedTrial } from '../model/trial.ts';
import type { Desk, EngineStanding, Look } from './desk.ts';
import {
  championHere,
  championWords,
  cutAndFenced,
  effectWords,
  experimentWords,
  oneLine,
  quoted,
  reasonWords,
} from './words.ts';

/** Bounds of what `show` and `history` answer: characters of a diff, of output and of a line, lines of output, and trials. */
const LONGEST_DIFF = 20_000;
const LONGEST_OUTPUT = 4_000;
const LONGEST_LINE = 300;
const MOST_OUTPUT_LINES = 20;
const MOST_TRIALS = 20;

export function engineWords(engine: EngineStanding): string {
  switch (engine.kind) {
    case 'working': {
      const slots = engine.slots === 1 ? '1 slot' : `${engine.slots} slots`;
      if (engine.course === 'paused') return 'paused by a person: proposals wait until "ratchet run" goes on';
      if (engine.course !== 'running') return 'at work, and stopping: no further trial begins';
      return `at work on ${slots}, ${engine.busy.length} busy`;
    }
    case 'ended':
      return 'none: it reached its limit, was asked to stop, or had nothing left to do. A person starts it again with "ratchet run", or by connecting this server anew';
    case 'died':
      return 'none: it was killed, or the machine was. Nothing that was acknowledged is lost, and proposals that wait are kept; "ratchet run" goes on';
    default:
      return engine satisfies never;
  }
}

/** Where the study stands, at most 3,000 characters or so. */
export function statusText({ state, engine }: Look, waiting: number): string {
  const { study, objective } = state.study;
  const counts = Map.groupBy(
    [...state.experiments.values()].flatMap((one) => (one.status === 'judged' ? one.verdict.kind : [])),
    (word) => word,
  );
  const words = Array.from(counts, ([word, all]) => `${all.length} ${word}`);
  const minutes = Math.round(activeSecondsAt(state, Date.now()) / 60);
  return [
    `study ${study}: ${objective.direction} ${quoted(objective.name, 100)}`,
    `engine: ${engineWords(engine)}`,
    `champion: ${championWords(state)}${gainWords(state)}`,
    `verdicts: ${state.judged}${words.length === 0 ? '' : ` (${words.join(', ')})`}`,
    `on their way: ${state.open.size} experiments; in the queue: ${waiting} proposals`,
    `time at work: ${minutes} minutes`,
    ...runningLines(state, engine),
  ].join('\n');
}

/** What the kept changes are to be worth together, by what each was kept for. */
function gainWords(state: StudyState): string {
  const last = state.milestones.at(-1);
  const first = [...state.ended.values()].find(
    ({ commit, outcome }) => commit === state.study.baseline && outcome.kind === 'completed',
  );
  if (last === undefined || first?.outcome.kind !== 'completed' || !championHere(state)?.stack.length)
    return '';
  const sign = state.study.objective.direction === 'minimize' ? -1 : 1;
  const gain = sign * (last.value - first.outcome.measurement.value);
  const source = first.outcome.measurement.source === 'evaluated' ? '' : ' (candidate-reported)';
  return `; against the baseline ${effectWords(state.study.objective, gain)}${source}`;
}

function runningLines(state: StudyState, engine: EngineStanding): string[] {
  if (engine.kind !== 'working') return [];
  return engine.busy.slice(0, 16).flatMap(({ trial, share }) => {
    const running = state.running.get(trial);
    if (running === undefined) return [];
    const own = [...state.open].find((id) => state.experiments.get(id)!.proposal.commit === running.commit);
    const of = own === undefined ? `the champion (${running.purpose})` : `#${own}`;
    return `in a slot: ${of}, about ${Math.round(share * 100)}% of its budget`;
  });
}

/** The latest experiments before `before`, newest last, one line each of at most 900 characters. */
export function historyText(state: StudyState, last: number, before: number): string {
  const all = [...state.experiments.values()].filter(({ proposal }) => proposal.experiment < before);
  const shown = all.slice(-last);
  if (shown.length === 0) return 'no experiment yet';
  const first = shown[0]!.proposal.experiment;
  const more = all.length > shown.length ? `\n(earlier ones: \`history\` with before ${first})` : '';
  return `${shown.map((experiment) => historyLine(state, experiment)).join('\n')}${more}`;
}

function historyLine(state: StudyState, experiment: Experiment): string {
  const { experiment: id, origin, hypothesis } = experiment.proposal;
  const words = oneLine(experimentWords(state, experiment), LONGEST_LINE);
  return `#${id} ${words}; by ${oneLine(originName(origin), 80)}: ${quoted(hypothesis, LONGEST_LINE)}`;
}

/** One experiment with its evidence in words, at most 30,000 characters or so. */
export async function showText(desk: Desk, state: StudyState, experiment: Experiment): Promise<string> {
  const { experiment: id, origin, hypothesis, parent, commit } = experiment.proposal;
  const trials = endedTrialsOf(state, commit);
  // A patch that was never run may hold anything, such as a file that it copied.
  const isOutside =
    experiment.status === 'judged' &&
    experiment.verdict.kind === 'invalid' &&
    'paths' in experiment.verdict.evidence;
  const difference = isOutside ? undefined : await desk.difference(parent, commit);
  const last = trials.findLast(({ outcome }) => outcome.kind !== 'fault' && outcome.kind !== 'cancelled');
  const output = last === undefined ? [] : desk.output(last.trial).slice(-MOST_OUTPUT_LINES);
  return [
    `#${id} ${experimentWords(state, experiment)}`,
    `proposed by ${oneLine(originName(origin), 80)}: ${quoted(hypothesis, 2_000)}`,
    ...trials.slice(-MOST_TRIALS).map((trial) => trialLine(trial)),
    ...(difference === undefined || difference.text === ''
      ? []
      : [`its patch, as data:\n${cutAndFenced(difference.text, 'diff', LONGEST_DIFF)}`]),
    ...(output.length === 0
      ? []
      : [
          `the end of what its last run printed, as data (its own words, no measurement):\n${cutAndFenced(output.map((line) => line.slice(0, LONGEST_LINE)).join('\n'), 'text', LONGEST_OUTPUT)}`,
        ]),
  ].join('\n');
}

function trialLine({ trial, purpose, outcome, usage }: EndedTrial): string {
  const how = 'reason' in outcome ? `: ${reasonWords(outcome.reason)}` : '';
  const seconds = `${oneDigit(usage.wallSeconds)} s`;
  return `trial ${trial} (${purpose}): ${outcome.kind}${outcome.kind === 'stopped' ? ' early' : how}, ${seconds}`;
}

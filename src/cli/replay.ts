import process from 'node:process';
import type { Command } from 'commander';
import { noticesOfConditions } from '../engine/conditions.ts';
import type { Engine } from '../engine/engine.ts';
import { DEFAULT_JUDGE, JUDGES } from '../engine/judges.ts';
import { runTrial, submitTrials } from '../engine/trial.ts';
import type { StudyId } from '../model/identity.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import { type EndedTrial, speaksForCommit } from '../model/trial.ts';
import { candidateTrialsOf } from '../record/experiment-line.ts';
import { EXIT } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { openStudyToRead, requireExperiment, type StudyChoice, withStudyOptions } from './read-study.ts';
import { type Compared, conclusionOf, sentenceOf } from './reproduction.ts';
import { listenForEnd } from './signals.ts';
import { sessionFor } from './work-on-study.ts';

export function registerReplay(program: Command, version: string): void {
  withStudyOptions(program.command('replay'))
    .description('run the trials of an experiment again, and say whether it reproduces')
    .argument('<id>', 'number of the experiment, or "baseline"')
    .option('--json', 'one JSON object a trial')
    .addHelpText('after', HELP)
    .action(async (id: string, options: StudyChoice & { json?: true }) => {
      const recorded = await readTrials(options, id);
      const lab = await openLab({ named: options.lab });
      await using _ = lab.repository;
      const { compared, interrupted, state } = await replay(lab, recorded, version);
      if (options.json) for (const line of compared) printJson(line);
      else printLines(compared.map(sentenceOf));
      if (interrupted) throw new Problem('interrupted', EXIT.interrupted);
      if (!options.json) printLines([conclusionOf(state, recorded.experiment, compared)]);
      if (compared.some(({ kind }) => kind !== 'equal')) process.exitCode = EXIT.fault;
    });
}

const HELP = `
A replay has the commit, the seed, the budget and, where the lab told it, the number of steps (RATCHET_STEPS) of the recorded trial.
Where the numbers of a keep differ it is told whether it still is better than its parent.

Exit code 0 if every trial measured the same number again, 1 if one did not.`;

interface Recorded {
  readonly study: StudyId;
  /** Undefined for the baseline. */
  readonly experiment: Experiment | undefined;
  readonly trials: readonly EndedTrial[];
}

/** Before anything is opened for writing, so that a wrong number leaves no trace. */
async function readTrials(options: StudyChoice, id: string): Promise<Recorded> {
  using study = await openStudyToRead(options);
  const experiment = id === 'baseline' ? undefined : requireExperiment(study.state, id);
  return { study: study.id, experiment, trials: recordedTrials(study.state, id, experiment) };
}

/** What was compared before the end, or before it was interrupted. */
interface Replayed {
  readonly compared: readonly Compared[];
  readonly interrupted: boolean;
  readonly state: StudyState;
}

async function replay(lab: OpenLab, recorded: Recorded, version: string): Promise<Replayed> {
  const judge = JUDGES[DEFAULT_JUDGE];
  const session = await sessionFor(lab, { study: recorded.study, judge, slots: 1, version });
  for (const notice of noticesOf(session.engine, recorded)) process.stderr.write(`note: ${notice}\n`);
  using _ = listenForEnd(() => session.ask('stop-now'));
  return await session.run(async ({ abort, ledger: { state } }) => {
    const compared: Compared[] = [];
    for (const trial of recorded.trials) {
      // A replay takes place under the budget that was recorded, whatever the program says today.
      const replayed = await replayTrial(session.under(trial.conditions.budget), trial);
      if (abort.aborted) return { compared, interrupted: true, state };
      compared.push(replayed);
    }
    return { compared, interrupted: false, state };
  });
}

/** What a person should know before they compare numbers. */
function noticesOf({ notices, conditions, ledger }: Engine, { trials }: Recorded): string[] {
  const classes = new Set(trials.map((trial) => trial.conditions.hardware));
  const elsewhere = [...classes].filter((hardware) => hardware !== conditions.hardware);
  const isProvidedOtherwise = trials.some((trial) => trial.conditions.provided !== conditions.provided);
  // Nothing is judged here: what is said of new trials that are compared with the champion's is beside the point.
  const beside = new Set(noticesOfConditions(ledger.state, conditions));
  return [
    ...[...notices].filter((notice) => !beside.has(notice)),
    ...(elsewhere.length === 0
      ? []
      : [
          `recorded on ${elsewhere.join(' and on ')}, replayed on ${conditions.hardware}: equal code may differ there`,
        ]),
    ...(isProvidedOtherwise ? ['what `provide` names is not as it was when this was recorded'] : []),
  ];
}

/** The completed trials that were run for an experiment; what ran for other reasons, as its commit was champion, only where there is none. */
function recordedTrials(state: StudyState, id: string, experiment: Experiment | undefined): EndedTrial[] {
  const own = experiment === undefined ? [] : candidateTrialsOf(state, experiment);
  const commit = experiment?.proposal.commit ?? state.study.baseline;
  const isCompleted = (trial: EndedTrial) => speaksForCommit(trial) && trial.outcome.kind === 'completed';
  const completed = (own.some(isCompleted) ? own : endedTrialsOf(state, commit)).filter(isCompleted);
  if (completed.length === 0) {
    throw new Problem(`no trial of ${id} completed, so there is nothing to compare with`, EXIT.nothing);
  }
  return completed;
}

async function replayTrial(engine: Engine, recorded: EndedTrial): Promise<Compared> {
  const { commit, seed, outcome } = recorded;
  if (outcome.kind !== 'completed') throw new Error(`trial ${recorded.trial} did not complete`);
  const steps = outcome.steps === undefined ? {} : { steps: outcome.steps };
  const [trial] = await submitTrials(engine, [{ commit, seed, purpose: 'replay', ...steps }]);
  if (!trial) throw new Error('a trial was asked for, and none was submitted');
  await runTrial(engine, trial);
  const again = engine.ledger.state.ended.get(trial.trial)?.outcome;
  const ids = { trial: recorded.trial, replay: trial.trial };
  if (again?.kind !== 'completed') {
    return { kind: 'failed', ...ids, reason: again ? outcomeSentence(again) : 'it has no end' };
  }
  const { value } = again.measurement;
  const before = outcome.measurement.value;
  return value === before
    ? { kind: 'equal', ...ids, value }
    : { kind: 'different', ...ids, recorded: before, value };
}

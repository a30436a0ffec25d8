import process from 'node:process';
import type { Command } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { DEFAULT_JUDGE, JUDGES } from '../engine/judges.ts';
import { runTrial, submitTrials } from '../engine/trial.ts';
import type { StudyId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import { type EndedTrial, speaksForCommit } from '../model/trial.ts';
import { EXIT } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { openStudyToRead, requireExperiment, type StudyChoice, withStudyOptions } from './read-study.ts';
import { listenForEnd } from './signals.ts';
import { sessionFor } from './work-on-study.ts';

export function registerReplay(program: Command, version: string): void {
  withStudyOptions(program.command('replay'))
    .description('run the recorded trials of an experiment again, and compare what they measure')
    .argument('<id>', 'number of the experiment, or "baseline"')
    .option('--json', 'one JSON object a trial')
    .addHelpText('after', '\nExit code 0 if every trial measured the same number again, 1 if one did not.')
    .action(async (id: string, options: StudyChoice & { json?: true }) => {
      const recorded = await readTrials(options, id);
      const lab = await openLab({ named: options.lab });
      const { compared, interrupted } = await replay(lab, recorded, version);
      if (options.json) for (const line of compared) printJson(line);
      else printLines(compared.map(sentenceOf));
      if (interrupted) throw new Problem('interrupted', EXIT.interrupted);
      if (compared.some(({ kind }) => kind !== 'equal')) process.exitCode = EXIT.fault;
    });
}

/** A recorded trial beside its replay. Values in the metric's unit. */
type Compared =
  | { readonly kind: 'equal'; readonly trial: number; readonly replay: number; readonly value: number }
  | {
      readonly kind: 'different';
      readonly trial: number;
      readonly replay: number;
      readonly recorded: number;
      readonly value: number;
    }
  | { readonly kind: 'failed'; readonly trial: number; readonly replay: number; readonly reason: string };

interface Recorded {
  readonly study: StudyId;
  readonly trials: readonly EndedTrial[];
}

/** Before anything is opened for writing, so that a wrong number leaves no trace. */
async function readTrials(options: StudyChoice, id: string): Promise<Recorded> {
  using study = await openStudyToRead(options);
  return { study: study.id, trials: recordedTrials(study.state, id) };
}

/** What was compared before the end, or before it was interrupted. */
interface Replayed {
  readonly compared: readonly Compared[];
  readonly interrupted: boolean;
}

async function replay(lab: OpenLab, recorded: Recorded, version: string): Promise<Replayed> {
  const judge = JUDGES[DEFAULT_JUDGE];
  const session = await sessionFor(lab, { study: recorded.study, judge, slots: 1, version });
  using _ = listenForEnd(() => session.ask('stop-now'));
  return await session.run(async ({ abort }) => {
    const compared: Compared[] = [];
    for (const trial of recorded.trials) {
      // A replay takes place under the budget that was recorded, whatever the program says today.
      const replayed = await replayTrial(session.under(trial.conditions.budget), trial);
      if (abort.aborted) return { compared, interrupted: true };
      compared.push(replayed);
    }
    return { compared, interrupted: false };
  });
}

/** The completed trials of an experiment's commit. */
function recordedTrials(state: StudyState, id: string): EndedTrial[] {
  const commit = id === 'baseline' ? state.study.baseline : requireExperiment(state, id).proposal.commit;
  const trials = (state.trialsOf.get(commit) ?? []).flatMap((trial) => state.ended.get(trial) ?? []);
  const completed = trials.filter((trial) => speaksForCommit(trial) && trial.outcome.kind === 'completed');
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

function sentenceOf(compared: Compared): string {
  const which = `trial ${compared.trial}, replayed as ${compared.replay}:`;
  switch (compared.kind) {
    case 'equal':
      return `${which} equal, ${compared.value}`;
    case 'different':
      return `${which} DIFFERENT, ${compared.recorded} then and ${compared.value} now`;
    case 'failed':
      return `${which} FAILED, ${compared.reason}`;
    default:
      return compared satisfies never;
  }
}

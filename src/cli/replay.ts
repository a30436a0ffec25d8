import process from 'node:process';
import type { Command } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { openStudy } from '../engine/open.ts';
import { runTrial, submitTrials } from '../engine/trial.ts';
import type { StudyState } from '../model/study.ts';
import type { EndedTrial } from '../model/trial.ts';
import { createSearch } from '../propose/search.ts';
import { createSession } from '../session.ts';
import { EXIT } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { openStudyToRead, requireExperiment } from './read-study.ts';

export function registerReplay(program: Command, version: string): void {
  program
    .command('replay')
    .description('run the recorded trials of an experiment again, and compare what they measure')
    .argument('<id>', 'number of the experiment, or "baseline"')
    .option('--lab <folder>', 'the lab (default: the one around this folder)')
    .option('--json', 'one JSON object a trial')
    .addHelpText('after', '\nExit code 0 if every trial measured the same number again, 1 if one did not.')
    .action(async (id: string, options: { lab?: string; json?: true }) => {
      const recorded = await readTrials(options, id);
      const lab = await openLab({ named: options.lab });
      const compared = await replay(lab, recorded, version);
      if (options.json) for (const line of compared) printJson(line);
      else printLines(compared.map(sentenceOf));
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

/** Before anything is opened for writing, so that a wrong number leaves no trace. */
async function readTrials(options: { lab?: string }, id: string): Promise<readonly EndedTrial[]> {
  using study = await openStudyToRead(options);
  return recordedTrials(study.state, id);
}

async function replay(
  { lab, program, repository }: OpenLab,
  recorded: readonly EndedTrial[],
  version: string,
): Promise<Compared[]> {
  const study = await openStudy({ lab: lab.folder, repository, program, fresh: false, now: Date.now });
  if (study.kind === 'refused') throw new Problem(study.message);
  if (study.kind === 'busy') {
    throw new Problem(
      'an engine is at work on the study: "ratchet stop" ends it, then try again',
      EXIT.nothing,
    );
  }
  const budget = recorded[0]?.conditions.budget ?? program.trial;
  const session = createSession({
    study,
    repository,
    lab: lab.folder,
    // A replay takes place under the budget that was recorded, whatever the program says today.
    program: { ...program, trial: budget },
    researcher: createSearch(),
    slots: 1,
    limits: [],
    version,
    now: Date.now,
  });
  const onInterrupt = () => session.ask('stop-now');
  process.once('SIGINT', onInterrupt);
  try {
    return await session.run(async (engine) => {
      const compared: Compared[] = [];
      for (const trial of recorded) compared.push(await replayTrial(engine, trial));
      return compared;
    });
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** The completed trials of an experiment's commit, replays left out. */
function recordedTrials(state: StudyState, id: string): EndedTrial[] {
  const commit = id === 'baseline' ? state.study.baseline : requireExperiment(state, id).proposal.commit;
  const trials = (state.trialsOf.get(commit) ?? []).flatMap((trial) => state.ended.get(trial) ?? []);
  const completed = trials.filter(
    ({ purpose, outcome }) => purpose !== 'replay' && outcome.kind === 'completed',
  );
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

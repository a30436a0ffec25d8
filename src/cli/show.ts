import type { Command } from 'commander';
import type { Experiment } from '../model/study.ts';
import { endedTrialsOf } from '../model/study.ts';
import { experimentLine } from '../record/experiment-line.ts';
import { differenceOf } from './difference.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import {
  openStudyToRead,
  type ReadStudy,
  requireExperiment,
  type StudyChoice,
  stateNow,
  withStudyOptions,
} from './read-study.ts';
import { type Shown, showLines } from './show-lines.ts';
import { curveOf, outputTail } from './trial-files.ts';

/** The longest diff that is shown, in bytes; `ratchet diff ID` prints more. */
const MOST_DIFF = 256 * 2 ** 10;
const LOG_LINES = 20;

export function registerShow(program: Command): void {
  withStudyOptions(program.command('show'))
    .description(
      'one experiment: hypothesis, verdict and evidence, trials, curve, diff and the end of its output',
    )
    .argument('<id>', 'number of the experiment')
    .option('--json', 'one JSON object')
    .action(async (id: string, options: StudyChoice & { json?: true }, command: Command) => {
      using study = await openStudyToRead(options);
      const shown = await gather(study, requireExperiment(study.state, id));
      if (options.json) printJson(asJson(shown));
      else printLines(showLines(shown, columnsOf(process.stdout), wantsColour(process.stdout, command)));
    });
}

async function gather(study: ReadStudy, experiment: Experiment): Promise<Shown> {
  const { lab, folder } = study;
  const state = stateNow(study);
  const { parent, commit } = experiment.proposal;
  const trials = endedTrialsOf(state, commit);
  const last = trials.findLast(({ outcome }) => outcome.kind !== 'fault' && outcome.kind !== 'cancelled');
  return {
    state,
    experiment,
    trials,
    curve: last ? curveOf(folder, last.trial) : [],
    output: last ? outputTail(folder, last.trial, LOG_LINES) : [],
    diff: await differenceOf(lab.folder, parent, commit, { maxBytes: MOST_DIFF }),
  };
}

function asJson({ state, experiment, trials, curve, output, diff }: Shown) {
  return {
    ...experimentLine(state, experiment),
    study: state.study.study,
    objective: state.study.objective,
    expectedGain: experiment.proposal.expectedGain ?? null,
    evidence: experiment.status === 'judged' ? experiment.verdict.evidence : null,
    trials: trials.map(({ trial, purpose, seed, conditions, outcome, usage }) => ({
      trial,
      purpose,
      seed,
      conditions,
      outcome,
      usage,
    })),
    curve,
    output,
    diff: diff.text,
    diffTruncated: diff.truncated,
  };
}

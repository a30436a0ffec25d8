import type { Command } from 'commander';
import type { Commit } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import { differenceOf, diffLines } from './difference.ts';
import { EXIT } from './exit.ts';
import { printJson, printLines, wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import { openStudyToRead, requireExperiment, type StudyChoice, withStudyOptions } from './read-study.ts';
import { standingOf } from './standing.ts';

/** The longest diff that is printed, in bytes. */
const MOST_BYTES = 16 * 2 ** 20;

export function registerDiff(program: Command): void {
  withStudyOptions(program.command('diff'))
    .description('the champion against the baseline, or one experiment against its parent')
    .argument('[id]', 'number of an experiment')
    .option('--json', 'one JSON object')
    .action(async (id: string | undefined, options: StudyChoice & { json?: true }, command: Command) => {
      using study = await openStudyToRead(options);
      const { from, to } = id === undefined ? championSteps(study.state) : stepsOf(study.state, id);
      const { text, truncated } = await differenceOf(study.lab.folder, from, to, { maxBytes: MOST_BYTES });
      if (options.json) {
        printJson({ study: study.id, from, to, diff: text, truncated });
        return;
      }
      // To a file or a pipe goes what `git apply` takes, byte for byte.
      if (process.stdout.isTTY) printLines(diffLines(text, wantsColour(process.stdout, command)));
      else process.stdout.write(text);
      if (truncated)
        process.stderr.write(
          `ratchet: the diff is longer than ${MOST_BYTES} bytes: git diff ${from} ${to}\n`,
        );
    });
}

interface Steps {
  readonly from: Commit;
  readonly to: Commit;
}

function championSteps(state: StudyState): Steps {
  const { commit, stack } = standingOf(state);
  if (stack.length > 0) return { from: state.study.baseline, to: commit };
  throw new Problem(
    `the champion of study ${state.study.study} is its baseline: nothing is kept yet`,
    EXIT.nothing,
  );
}

function stepsOf(state: StudyState, id: string): Steps {
  const { parent, commit } = requireExperiment(state, id).proposal;
  return { from: parent, to: commit };
}

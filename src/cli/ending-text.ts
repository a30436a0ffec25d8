import { join, relative } from 'node:path';
import process from 'node:process';
import type { Ending } from '../engine/ending.ts';
import { type StudyFolder, trialFolder } from '../lab/folder.ts';
import { counted } from '../lab/numbers.ts';
import { formatDollars, formatDuration } from '../lab/units.ts';
import type { TrialId } from '../model/identity.ts';
import type { StudyLimit } from '../model/limit.ts';
import type { Outcome } from '../model/trial.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { outcomeSentence } from './outcome.ts';

/** Why it ended, for the last lines on the terminal. */
export function sentenceOf(ending: Ending, folder: StudyFolder): string {
  switch (ending.kind) {
    case 'asked':
      return 'stopped, as asked';
    case 'limit':
      return `the budget of the ${ending.whose} is used: ${limitText(ending.limit)}${mendOf(ending)}`;
    case 'exhausted':
      return 'the researcher has no further idea';
    case 'impasse':
      return [
        `the champion yields no measurement in trial ${ending.trial}: ${outcomeSentence(ending.outcome)}`,
        `  its output: ${outputOf(folder, ending.trial, ending.outcome)}`,
        '  mend the lab, then run --new',
      ].join('\n');
    case 'machine':
      return `the machine failed ${counted(ending.faults, 'trial')} in a row: ${ending.reason}; mend that, then run again`;
    default:
      return ending satisfies never;
  }
}

/** A study whose own budget is used would end at once each time that it is resumed. */
function mendOf({ limit, whose }: Ending & { kind: 'limit' }): string {
  if (whose === 'run') return '';
  const key = limit.kind === 'time' ? 'study' : limit.kind;
  return `; raise \`budget.${key}\` in program.md, or start anew with --new`;
}

/** The log of the stage that went wrong, as a path from here. */
function outputOf(folder: StudyFolder, trial: TrialId, outcome: Outcome): string {
  const { root, output } = trialFolder(folder, trial);
  const stage = 'stage' in outcome ? outcome.stage : 'run';
  return relative(process.cwd(), stage === 'run' ? output : join(root, `${stage}.log`));
}

function limitText(limit: StudyLimit): string {
  switch (limit.kind) {
    case 'time':
      return formatDuration(limit.seconds);
    case 'experiments':
      return counted(limit.count, 'experiment');
    case 'cost':
      return formatDollars(limit.dollars);
    case 'tokens':
      return `${limit.count} tokens`;
    case 'proposals':
      return `${counted(limit.count, 'proposal')} of models`;
    default:
      return limit satisfies never;
  }
}

export function exitCodeOf(ending: Ending, interrupted: boolean): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (ending.kind === 'machine') return EXIT.fault;
  return ending.kind === 'impasse' ? EXIT.mistake : EXIT.fine;
}

/** Whether a person must mend something before the study can go on. */
export function isTrouble({ kind }: Ending): boolean {
  return kind === 'machine' || kind === 'impasse';
}

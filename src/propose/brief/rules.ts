import { formatBytes } from '../../lab/units.ts';
import type { Guard, Program } from '../../model/program.ts';
import type { StudyState } from '../../model/study.ts';
import { oneDigit } from '../../model/told.ts';
import { shown } from './data.ts';
import { beginningWithin, linesWithin, type Section, titled } from './room.ts';

const MOST_NAMES = 40;

/** What is better, what may change, and how a trial is run: what program.md says for the machine, in words. */
export function rulesSection(state: StudyState, program: Program, share: number): Section {
  const { name, unit, direction, minimumEffect } = state.study.objective;
  const least = minimumEffect > 0 ? ` A gain of less than ${minimumEffect} is not worth keeping.` : '';
  const inUnit = unit === '' ? '' : `, in ${unit}`;
  const lines = [
    `Objective: ${direction} \`${name}\`${inUnit}.${least}`,
    `You may change: ${names(program.edit)}. Everything else is locked: a patch that touches it is never run.`,
    ...trialLines(program),
    ...(program.deterministic ? ['Equal code scores equally: nothing is left to luck.'] : luckLine(state)),
    ...(program.checks === undefined ? [] : [`Before a keep this must pass: \`${program.checks}\`.`]),
    ...program.guards.map(guardText),
    'A change is kept where its gain over the champion is more than luck, or where it makes the code simpler and loses nothing. One change at a time: what is bundled is judged as one.',
  ].map((line) => `- ${shown(line).replaceAll('\n', ' ')}`);
  return {
    share,
    write: (room) =>
      titled({ title: 'Objective and rules' }, room, (inside) => {
        const count = linesWithin(lines, inside);
        return lines.slice(0, count).join('\n') || beginningWithin(lines[0]!, inside);
      }),
  };
}

/** How large a gain must be to be seen: the standard error in the middle of those that verdicts were weighed with. */
function luckLine({ experiments }: StudyState): string[] {
  const errors = [...experiments.values()].flatMap((experiment) => {
    if (experiment.status !== 'judged') return [];
    const { verdict } = experiment;
    const basis = verdict.kind === 'keep' || verdict.kind === 'discard' ? verdict.evidence.basis : undefined;
    return basis?.kind === 'posterior' ? basis.error : [];
  });
  const usual = errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)];
  if (usual === undefined || usual === 0) return [];
  const [error, clear] = [oneDigit(usual), oneDigit(2 * usual)];
  return [
    `Scores have luck in them: a gain is usually known within about ${error}, and what gains less than ${clear} is seldom kept. Propose what may gain more.`,
  ];
}

function trialLines({ run, trial, graceSeconds, scoring, resources, sandbox, provide, validation }: Program) {
  const { cpus, memory, gpus } = resources;
  const machine = [
    `${cpus} ${cpus === 1 ? 'core' : 'cores'}`,
    ...(memory === undefined ? [] : [`${formatBytes(memory)} of memory`]),
    ...(gpus === 0 ? [] : [`${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}`]),
  ].join(', ');
  const network = sandbox.network ? '' : ', without a network';
  const grace = graceSeconds > 0 ? `, and ${graceSeconds} s of grace for start-up and evaluation` : '';
  return [
    `A trial: \`${run}\` with ${trial.seconds} s of ${trial.clock === 'cpu' ? 'CPU time' : 'time'}${grace}, on ${machine}${network}. RATCHET_SEED and RATCHET_BUDGET (seconds) tell it its seed and its time; what takes longer is stopped and has no score.`,
    scoring.kind === 'evaluated'
      ? `Scored by \`${scoring.command}\`, out of the code's reach, from ${names(scoring.artifacts)}.`
      : 'The code prints its own score.',
    ...(provide.length === 0
      ? []
      : [`Trials can read, beside the files of the repository: ${names(provide)}.`]),
    ...(validation.length === 0 ? [] : ['Only the evaluation sees the validation data.']),
  ];
}

function guardText({ name, min, max }: Guard): string {
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ];
  return `\`${name}\` must stay ${bounds.join(' and ')}, or nothing is kept.`;
}

function names(all: readonly string[]): string {
  const some = all.slice(0, MOST_NAMES).map((name) => `\`${name}\``);
  const more = all.length - some.length;
  return `${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

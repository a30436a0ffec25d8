import process from 'node:process';
import type { Command } from 'commander';
import { DEFAULT_JUDGE, JUDGES } from '../engine/judges.ts';
import type { StudyId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import type { KeptChange } from '../record/findings/stack.ts';
import { parseCount, parseSlots } from './arguments.ts';
import { EXIT } from './exit.ts';
import { makeBranches, type Plan, planBranches } from './finalize/branches.ts';
import { chooseChanges } from './finalize/choose.ts';
import { type Finished, finalLines, finish } from './finalize/finished.ts';
import { type Remeasured, remeasure } from './finalize/measure.ts';
import { findingsNow } from './findings.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf, openStudyToRead, type StudyChoice, withLabAndStudy } from './read-study.ts';
import { listenForEnd } from './signals.ts';
import { labTitle } from './terminal/words.ts';
import { sessionFor } from './work-on-study.ts';

interface FinalizeOptions extends StudyChoice {
  readonly branch?: string;
  readonly onto: string;
  readonly squash?: true;
  readonly provisional?: true;
  readonly measure: boolean;
  readonly trials: number;
  readonly slots?: number;
  readonly json?: true;
}

/** Fresh seeds for each commit and what it stands on; in a lab that is declared deterministic one is enough. */
const USUAL_TRIALS = 4;

export function registerFinalize(program: Command, version: string): void {
  withLabAndStudy(program.command('finalize'))
    .description('make a clean branch of each certified change, measured again on the commit it is for')
    .option(
      '--branch <prefix>',
      'branches are PREFIX/NUMBER, or PREFIX itself with --squash (default: ratchet/final/STUDY)',
    )
    .option('--onto <revision>', 'the commit that they are made on', 'HEAD')
    .option('--squash', 'one branch with one commit of all changes')
    .option('--provisional', 'also what nothing has shown on fresh seeds')
    .option('--no-measure', 'run nothing: make the branches alone')
    .option(
      '--trials <n>',
      'run each commit, and what it stands on, under so many fresh seeds',
      parseCount,
      USUAL_TRIALS,
    )
    .option('--slots <n>', 'trials at a time (default: one a core)', parseSlots)
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined, given: FinalizeOptions, command: Command) => {
      const options = choiceOf(named, given);
      const finished = await finalize(options, version);
      if (options.json) printJson(finished);
      else
        printLines(
          finalLines(finished, {
            columns: columnsOf(process.stdout),
            colour: wantsColour(process.stdout, command),
          }),
        );
    });
}

const HELP = `
Each branch has one commit on --onto, by you, with the change's hypothesis, effect and evidence in its message: fit for a pull request.
A change that does not apply alone is put on the latest earlier one with which it does, and says so; one that does not apply at all is
left out, with the paths in conflict. So is one that fails there, or is worse for sure, when it is measured again.

Certified is what was shown on fresh seeds by itself; for --squash a champion that was confirmed as a whole is too. In a lab that is declared
deterministic every keep is.

Your files, index and branch stay as they are. A branch that exists is never moved, and nothing is pushed.

Examples:
  ratchet finalize labs/gpt
  ratchet finalize labs/gpt --squash --branch faster-training --onto origin/main`;

interface Material {
  readonly id: StudyId;
  readonly state: StudyState;
  /** Of the champion. */
  readonly changes: readonly KeptChange[];
}

async function finalize(options: FinalizeOptions, version: string): Promise<Finished> {
  const material = await readMaterial(options);
  const lab = await openLab({ named: options.lab });
  await using repository = lab.repository;
  const { chosen, provisional } = chooseChanges(material.state, lab.program, {
    provisional: options.provisional === true,
    squash: options.squash === true,
  });
  if (chosen.length === 0) throw nothingToFinalize(lab, material, provisional.length);
  const prefix = options.branch ?? `ratchet/final/${material.id}`;
  if (!(await repository.isBranchName(prefix)))
    throw new Problem(`--branch ${prefix} is no name for a branch: write one such as faster-training`);
  const base = await repository.resolve(options.onto);
  if (base === undefined)
    throw new Problem(`--onto ${options.onto} names no commit: write a branch or a commit that git knows`);
  const person = await repository.person();
  if (person === undefined)
    throw new Problem('git does not know who you are: git config user.name NAME, and user.email ADDRESS');
  const plan = await planBranches(repository, material.state, {
    changes: material.changes.filter(({ experiment }) => chosen.includes(experiment)),
    prefix,
    squash: options.squash === true,
    source: {
      study: material.id,
      objective: material.state.study.objective,
      lab: repository.prefix === '' ? '.' : repository.prefix.replace(/\/$/, ''),
    },
    placing: { base, person },
    onto: options.onto,
  });
  const measured =
    options.measure && plan.branches.length > 0
      ? await measure(plan, { ...options, version, study: material.id })
      : undefined;
  const finished = finish(plan, measured, {
    study: material.id,
    onto: { name: options.onto, commit: base },
    objective: material.state.study.objective,
    changes: material.changes,
    provisional,
  });
  const kept = new Set(finished.branches.map(({ name }) => name));
  await makeBranches(
    repository,
    plan.branches.filter(({ name }) => kept.has(name)),
  );
  return finished;
}

/** Before anything is opened for writing, so that what is refused leaves no trace. */
async function readMaterial(options: StudyChoice): Promise<Material> {
  using study = await openStudyToRead(options);
  const { state } = study;
  const changes = findingsNow(state, [], state.lastEventAt).changes.filter(
    ({ isInChampion }) => isInChampion,
  );
  return { id: study.id, state, changes };
}

function nothingToFinalize({ lab }: OpenLab, { changes, id }: Material, provisional: number): Problem {
  const title = labTitle(lab.name);
  if (changes.length === 0)
    return new Problem(
      `nothing is kept in study ${id} of ${title}: there is no change to make a branch of`,
      EXIT.nothing,
    );
  return new Problem(
    `no change of study ${id} of ${title} is certified yet, ${provisional} ${provisional === 1 ? 'is' : 'are'} provisional: ` +
      '"ratchet certify" tests them again on fresh seeds, --provisional takes them as they are',
    EXIT.nothing,
  );
}

/** On an engine of its own, with the lab opened again: an engine closes the repository that it works in. */
async function measure(
  { branches }: Plan,
  options: FinalizeOptions & { readonly study: StudyId; readonly version: string },
): Promise<Remeasured[]> {
  const lab = await openLab({ named: options.lab });
  await using _ = lab.repository;
  const session = await sessionFor(lab, { ...options, judge: JUDGES[DEFAULT_JUDGE] });
  using _ended = listenForEnd(() => session.ask('stop-now'));
  const seeds = lab.program.deterministic ? 1 : options.trials;
  const measured = await session.run((engine) =>
    remeasure(engine, branches, seeds, (done, all) => {
      if (!options.json) process.stderr.write(`measured ${done} of ${all} trials\n`);
    }),
  );
  if (measured.some(({ kind }) => kind === 'interrupted'))
    throw new Problem(
      'interrupted: no branch was made; run it again, or with --no-measure',
      EXIT.interrupted,
    );
  return measured;
}

import type { Command } from 'commander';
import type { Finding } from '../engine/finding.ts';
import { latestStudy, studiesNamed } from '../engine/studies.ts';
import { type Compared, type Verification, verifyStudy } from '../engine/verify.ts';
import { openRepository } from '../git/open-repository.ts';
import { studyFolder } from '../lab/folder.ts';
import { counted } from '../lab/numbers.ts';
import type { StudyId } from '../model/identity.ts';
import { EXIT } from './exit.ts';
import { type Lab, requireLab } from './find-lab.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf, chooseStudy, type StudyChoice, withLabAndStudy } from './read-study.ts';

/** Problems that are printed; --json has all of them. */
const MOST_PROBLEMS = 50;

export function registerVerify(program: Command): void {
  withLabAndStudy(program.command('verify'))
    .description(
      'check that nothing of a study is lost: its ledger, the copy in git, refs, commits and the champion',
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined, given: StudyChoice & { json?: true }) => {
      const options = choiceOf(named, given);
      const lab = await requireLab(process.cwd(), options.lab);
      const { study, verification } = await verify(lab, options.study);
      if (options.json) printJson(asJson(lab, study, verification));
      else printLines(linesOf(study, verification));
      if (verification.problems.length > 0) process.exitCode = EXIT.fault;
    });
}

const HELP = `
Writes nothing, and may be run while an engine works. Each problem names the thing, the place and the mend; most are mended by
"ratchet run". Files in git are looked for, not read: "git fsck" reads each.

Exit code 0 if nothing is wrong, 1 if something is.`;

async function verify(
  lab: Lab,
  wanted: string | undefined,
): Promise<{ study: StudyId; verification: Verification }> {
  const opening = await openRepository(lab.folder);
  if (opening.kind !== 'open') throw new Problem(opening.message);
  await using repository = opening.repository;
  // A study of which only the copy in git is left can be looked at too; where there is no such one, others say why.
  const latest = wanted === undefined ? await latestStudy(lab.folder, repository) : undefined;
  const named = wanted === undefined ? [] : await studiesNamed(lab.folder, repository, wanted);
  const only = latest ?? (named.length === 1 ? named[0] : undefined);
  const study = only?.study ?? (await chooseStudy(lab, wanted));
  const folder = studyFolder(lab.folder, study);
  const verification = await verifyStudy({ study, folder, repository, now: Date.now() });
  if (verification.kind === 'newer') throw new Problem(verification.message);
  return { study, verification };
}

function linesOf(study: StudyId, { entries, compared, isAtWork, problems, notes }: Verification): string[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map((finding) => `PROBLEM: ${textOf(finding)}`);
  const more = problems.length - shown.length;
  return [
    `study     ${study}${isAtWork ? ', an engine is at work on it' : ''}`,
    `ledger    ${entriesText(entries.ledger)}`,
    `copy      ${copyText(entries)}`,
    ...(compared ? comparedLines(compared) : []),
    ...shown,
    ...(more > 0 ? [`and ${more} more: --json has them all`] : []),
    ...notes.map((note) => `note: ${note}`),
    problems.length === 0 ? 'nothing is wrong' : counted(problems.length, 'problem'),
  ];
}

function entriesText(entries: number | undefined): string {
  return entries === undefined ? 'cannot be read' : `${entries} entries, a whole chain`;
}

function copyText({ ledger, copy }: Verification['entries']): string {
  if (ledger === undefined || copy === undefined) return entriesText(copy);
  return copy === ledger ? 'all of them, in git' : `the first ${copy} of them, in git`;
}

function comparedLines({ state, refs, objects, moves }: Compared): string[] {
  const experiments = counted(state.experiments.size, 'experiment');
  return [
    `holds     ${experiments}, ${counted(state.verdicts, 'verdict')}, ${counted(moves, 'move')} of the champion`,
    `git       ${counted(refs, 'ref')} to compare, ${objects} commits, folders and files found`,
  ];
}

function textOf({ place, problem, mend }: Finding): string {
  return `${place} ${problem}: ${mend}`;
}

function asJson(lab: Lab, study: StudyId, { entries, compared, isAtWork, problems, notes }: Verification) {
  return {
    study,
    lab: lab.folder,
    clean: problems.length === 0,
    engineAtWork: isAtWork,
    entries: { ledger: entries.ledger ?? null, copy: entries.copy ?? null },
    compared: compared
      ? {
          experiments: compared.state.experiments.size,
          verdicts: compared.state.verdicts,
          moves: compared.moves,
          refs: compared.refs,
          objects: compared.objects,
        }
      : null,
    problems,
    notes,
  };
}

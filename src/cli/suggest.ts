import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Command } from 'commander';
import { CARRIED, leaveGuidance } from '../engine/guidance.ts';
import { hardwareClass } from '../engine/hardware.ts';
import { studiesOnDisk } from '../engine/studies.ts';
import { leaveSuggestion } from '../engine/suggestions.ts';
import { PATCH_MAX_BYTES } from '../git/patch.ts';
import { studyFolder } from '../lab/folder.ts';
import { BOUNDS } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import { championOn } from '../model/study.ts';
import { readLedger } from '../record/reader.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { printLines } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf } from './read-study.ts';

export function registerSuggest(program: Command): void {
  program
    .command('suggest')
    .description(
      'an idea of your own: as a patch it is the next proposal that runs, in words the next briefs of models carry it',
    )
    .argument('<words...>', 'the idea in one sentence, after the lab if that is not around this folder')
    .option('--lab <folder>', 'the lab, as an option')
    .option('--patch <file>', 'what to try, as "git diff" prints it; "-" reads standard input')
    .addHelpText('after', HELP)
    .action(async (words: string[], given: { readonly lab?: string; readonly patch?: string }) => {
      const [idea, named, ...more] = [...words].reverse();
      if (idea === undefined || more.length > 0)
        throw new Problem(
          'write the idea in quotes, after the lab: ratchet suggest labs/gpt "a larger batch"',
        );
      const options = choiceOf(named, given);
      const lab = await openLab({ named: options.lab });
      await using _ = lab.repository;
      if (given.patch === undefined) {
        leaveGuidance(lab.lab.folder, ideaOf(idea), Date.now());
        printLines([
          `the briefs of the next ${CARRIED} proposals of a language model carry it; search reads no words: for it, make a patch`,
        ]);
        return;
      }
      const suggestion = { idea: ideaOf(idea), patch: readPatch(given.patch) };
      await requireFit(lab, suggestion.patch);
      leaveSuggestion(lab.lab.folder, suggestion);
      printLines(['it runs next: at once where an engine is at work, else with the next "ratchet run"']);
    });
}

const HELP = `
The patch is made against the champion ("ratchet diff" shows what that is), and may change what \`edit\` opens. It is judged like
any other proposal.

Examples:
  ratchet suggest labs/gpt "the attention could use fewer heads"
  git diff > idea.patch
  ratchet suggest labs/gpt "weights start twice as small" --patch idea.patch`;

function ideaOf(text: string): string {
  const idea = text.trim().replace(/\s+/g, ' ');
  if (idea === '') throw new Problem('say in one sentence what the patch changes, and why');
  if (idea.length <= BOUNDS.hypothesis) return idea;
  throw new Problem(
    `the idea has ${idea.length} characters: one sentence of at most ${BOUNDS.hypothesis} is kept`,
  );
}

function readPatch(file: string): string {
  let patch: Buffer;
  try {
    patch = readFileSync(file === '-' ? process.stdin.fd : file);
  } catch (cause) {
    throw new Problem(`cannot read ${file}: ${(cause as Error).message}`);
  }
  if (patch.length <= PATCH_MAX_BYTES) return patch.toString('utf8');
  throw new Problem(`${file} has ${patch.length} bytes, and a patch has ${PATCH_MAX_BYTES} at most`);
}

/** Told to whoever writes it, and not hours later: the engine asks the same again, on the champion of then. */
async function requireFit({ lab, program, repository }: OpenLab, patch: string): Promise<void> {
  const parent = championNow(lab.folder, program.resources) ?? (await repository.resolve('HEAD'));
  if (parent === undefined) return;
  const outcome = await repository.applyPatch({ parent, patch });
  if (outcome.kind === 'refused')
    throw new Problem(`the patch does not fit the champion, ${parent.slice(0, 10)}: ${outcome.reason}`);
  if (outcome.changes.length === 0) throw new Problem('the patch changes nothing');
}

function championNow(lab: string, resources: OpenLab['program']['resources']): Commit | undefined {
  const study = studiesOnDisk(lab).at(-1);
  if (study === undefined) return undefined;
  const opening = readLedger(studyFolder(lab, study).ledger);
  if (opening.kind !== 'open') return undefined;
  using reader = opening.reader;
  return championOn(reader.state, hardwareClass(resources)).commit;
}

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import * as z from 'zod';
import { PATCH_MAX_BYTES } from '../git/patch.ts';
import { makeStateFolder, STATE_FOLDER } from '../lab/folder.ts';
import { BOUNDS } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import type { Draft } from '../model/proposal.ts';
import type { StudyState } from '../model/study.ts';
import type { Engine } from './engine.ts';

const FOLDER = 'suggestions';

/** A person's idea, with the patch that tries it. It waits in the lab for the engine that works on it next. */
const suggestionSchema = z.strictObject({
  idea: z.string().min(1).max(BOUNDS.hypothesis),
  patch: z.string().max(PATCH_MAX_BYTES),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** Leaves it, on disk when this returns. Those left earlier come first. */
export function leaveSuggestion(lab: string, suggestion: Suggestion): void {
  const folder = join(makeStateFolder(lab), FOLDER);
  mkdirSync(folder, { recursive: true });
  const name = `${String(Date.now()).padStart(14, '0')}-${randomUUID().slice(0, 8)}`;
  const draft = join(folder, `${name}.part`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, JSON.stringify(suggestion));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, `${name}.json`));
}

/** Names of the suggestions that wait in a lab, oldest first. */
export function waitingSuggestions(lab: string): string[] {
  try {
    return readdirSync(join(lab, STATE_FOLDER, FOLDER))
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch {
    return [];
  }
}

/** What they say, oldest first; without those that cannot be read. */
export function ideasWaiting(lab: string): string[] {
  return waitingSuggestions(lab).flatMap(
    (name) => readSuggestion(join(lab, STATE_FOLDER, FOLDER, name))?.idea ?? [],
  );
}

/** What a suggestion's experiment says that it edits: by this it is known where an engine died before it could be forgotten. */
const editOf = (name: string) => `suggestion ${name.replace(/\.json$/, '')}`;

/** Adds drafts to a study on a commit; answers how many changed anything. */
export type AddDrafts = (drafts: readonly Draft[], parent: Commit, origin: 'suggestion') => Promise<number>;

/** Turns what waits into proposals on the champion. What cannot be one is said, and set aside beside those that wait. */
export async function takeSuggestions(engine: Engine, champion: Commit, add: AddDrafts): Promise<void> {
  const { repository, notices, ledger } = engine;
  const lab = join(repository.root, repository.prefix);
  const folder = join(lab, STATE_FOLDER, FOLDER);
  for (const name of waitingSuggestions(lab)) {
    const file = join(folder, name);
    const problem = isKnown(ledger.state, editOf(name))
      ? undefined
      : await propose(engine, file, champion, add);
    if (problem === undefined) rmSync(file, { force: true });
    else {
      renameSync(file, `${file}.refused`);
      notices.add(`a suggestion could not be tried: ${problem}; it lies in ${file}.refused`);
    }
  }
}

/** What kept a suggestion from becoming a proposal, if anything did. */
async function propose(
  engine: Engine,
  file: string,
  champion: Commit,
  add: AddDrafts,
): Promise<string | undefined> {
  const read = readSuggestion(file);
  if (read === undefined) return 'it cannot be read';
  const { repository } = engine;
  const outcome = await repository.applyPatch({ parent: champion, patch: read.patch });
  if (outcome.kind === 'refused') return `its patch does not fit the champion: ${outcome.reason}`;
  const draft: Draft = {
    hypothesis: read.idea,
    category: 'other',
    edit: editOf(posix.basename(file)),
    changes: outcome.changes.map((change) => ({ ...change, path: belowLab(change.path, repository.prefix) })),
  };
  return (await add([draft], champion, 'suggestion')) === 0 ? 'its patch changes nothing' : undefined;
}

function readSuggestion(file: string): Suggestion | undefined {
  try {
    return suggestionSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A path outside the lab is one that no program lets anybody edit, and is refused as such. */
function belowLab(path: string, prefix: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : posix.relative(prefix, path);
}

function isKnown({ experiments }: StudyState, edit: string): boolean {
  for (const { proposal } of experiments.values()) if (proposal.edit === edit) return true;
  return false;
}

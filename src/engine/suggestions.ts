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
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import * as z from 'zod';
import { PATCH_MAX_BYTES } from '../git/patch.ts';
import { makeStateFolder, STATE_FOLDER } from '../lab/folder.ts';
import { shownTo } from '../lab/shown.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import { type Draft, guestOrigin, type Origin } from '../model/proposal.ts';
import type { StudyState } from '../model/study.ts';
import type { Engine } from './engine.ts';

const FOLDER = 'suggestions';

/** An idea from outside the engine, with the patch that tries it. It waits in the lab for the engine that works on it next. */
const suggestionSchema = z.strictObject({
  idea: z.string().min(1).max(BOUNDS.hypothesis),
  patch: z.string().max(PATCH_MAX_BYTES),
  /** How an agent calls itself; absent where a person suggests. */
  author: z.string().max(BOUNDS.name).exactOptional(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** What is left of an agent's suggestion that could not be tried: why, and the champion that it was tried on. */
const refusalSchema = z.strictObject({
  author: z.string().max(BOUNDS.name),
  reason: z.string().max(BOUNDS.reason),
  champion: z.string(),
});

/** So many refusals of agents' suggestions are kept, the newest; none is larger than this, in bytes. */
const MOST_REFUSALS = 200;
const LARGEST_REFUSAL = 16 * BOUNDS.reason;

/** A suggestion's name, by which whoever left it asks what became of it. */
export const TICKET = /^\d{14}-[0-9a-f]{8}$/;

/** Two of one millisecond keep their order. */
let lastLeft = 0;

/** Leaves it, on disk when this returns, and answers its ticket. Those left earlier come first. */
export function leaveSuggestion(lab: string, suggestion: Suggestion): string {
  const folder = join(makeStateFolder(lab), FOLDER);
  mkdirSync(folder, { recursive: true });
  lastLeft = Math.max(Date.now(), lastLeft + 1);
  const ticket = `${String(lastLeft).padStart(14, '0')}-${randomUUID().slice(0, 8)}`;
  writeDurably(join(folder, `${ticket}.json`), suggestion);
  return ticket;
}

/** Whole or not at all, whenever the machine stops. */
function writeDurably(path: string, content: object): void {
  const draft = `${path}.part`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(content));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** What has become of a ticket, as far as the queue knows: one that was taken is in the ledger, by its `editOf`. */
export type TicketState =
  | { readonly kind: 'waits'; readonly ahead: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'gone' };

export function ticketState(lab: string, ticket: string): TicketState {
  const ahead = waitingSuggestions(lab).indexOf(`${ticket}.json`);
  if (ahead !== -1) return { kind: 'waits', ahead };
  try {
    const text = readFileSync(join(lab, STATE_FOLDER, FOLDER, `${ticket}.json.refused`), 'utf8');
    return { kind: 'refused', reason: refusalSchema.parse(JSON.parse(text)).reason };
  } catch {
    return { kind: 'gone' };
  }
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
export const editOf = (ticket: string) => `suggestion ${ticket}`;

/** Adds drafts to a study on a commit; answers how many changed anything. */
export type AddDrafts = (drafts: readonly Draft[], parent: Commit, origin: Origin) => Promise<number>;

/** Turns what waits into proposals on the champion. What cannot be one is said, and set aside beside those that wait. */
export async function takeSuggestions(engine: Engine, champion: Commit, add: AddDrafts): Promise<void> {
  const { repository, ledger } = engine;
  const lab = join(repository.root, repository.prefix);
  const folder = join(lab, STATE_FOLDER, FOLDER);
  for (const name of waitingSuggestions(lab)) {
    const file = join(folder, name);
    const edit = editOf(name.replace(/\.json$/, ''));
    const suggestion = readSuggestion(file);
    const problem = isKnown(ledger.state, edit)
      ? undefined
      : suggestion === undefined
        ? 'it cannot be read'
        : await propose(engine, suggestion, edit, champion, add);
    if (problem === undefined) rmSync(file, { force: true });
    else refuse(engine, file, suggestion?.author, problem, champion);
  }
}

/** A person finds the patch again beside its refusal; an agent asks for the reason, and has its patch still. */
function refuse(
  { notices }: Engine,
  file: string,
  author: string | undefined,
  problem: string,
  champion: Commit,
): void {
  const refused = `${file}.refused`;
  if (author === undefined) {
    renameSync(file, refused);
    notices.add(`a suggestion could not be tried: ${problem}; it lies in ${refused}`);
    return;
  }
  writeDurably(refused, { author, reason: shorten(problem, BOUNDS.reason), champion });
  rmSync(file, { force: true });
  dropOldRefusals(dirname(file));
}

function dropOldRefusals(folder: string): void {
  const refused = readdirSync(folder)
    .filter((name) => name.endsWith('.refused'))
    .sort();
  for (const name of refused.slice(0, -MOST_REFUSALS)) {
    if (isOfAgent(join(folder, name))) rmSync(join(folder, name), { force: true });
  }
}

/** A person's own holds the patch, and stays until they delete it. */
function isOfAgent(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size > LARGEST_REFUSAL) return false;
  return refusalSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).success;
}

/** What kept a suggestion from becoming a proposal, if anything did. */
async function propose(
  { repository, program }: Engine,
  { idea, patch, author }: Suggestion,
  edit: string,
  champion: Commit,
  add: AddDrafts,
): Promise<string | undefined> {
  const { prefix } = repository;
  const shown = shownTo(program);
  // A person may read all of their own repository, and move files in it; an agent sees what it is shown.
  const only = (path: string) => path.startsWith(prefix) && shown(path.slice(prefix.length));
  const outcome = await repository.applyPatch({
    parent: champion,
    patch,
    ...(author === undefined ? {} : { only }),
  });
  if (outcome.kind === 'refused') return `its patch does not fit the champion: ${outcome.reason}`;
  const draft: Draft = {
    hypothesis: idea,
    category: 'other',
    edit,
    changes: outcome.changes.map((change) => ({ ...change, path: belowLab(change.path, prefix) })),
  };
  const origin: Origin = author === undefined ? { kind: 'suggestion' } : guestOrigin(author);
  return (await add([draft], champion, origin)) === 0 ? 'its patch changes nothing' : undefined;
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

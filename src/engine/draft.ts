import { InvalidChangeError } from '../git/fault.ts';
import { pathProblem } from '../git/paths.ts';
import type { Repository } from '../git/repository.ts';
import { createScope } from '../lab/scope.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Draft, FileChange, SyntaxSize } from '../model/proposal.ts';
import { printable } from '../process/printable.ts';
import { syntaxNodes } from '../propose/syntax/nodes.ts';
import type { Engine } from './engine.ts';

export type CommittedDraft =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'committed';
      readonly commit: Commit;
      readonly size: SyntaxSize | undefined;
      /** Paths outside the scope, or impossible: the commit is kept as evidence, and never run. At most 20. */
      readonly outside: readonly string[];
    };

/** Turns a draft into a commit on its parent, with the ids and the hypothesis in its message. */
export async function commitDraft(
  engine: Engine,
  draft: Draft,
  parent: Commit,
  experiment: ExperimentId,
): Promise<CommittedDraft> {
  const { ledger, program, repository } = engine;
  const { lab, study } = ledger.state.study;
  const inScope = createScope(program.edit);
  const outside = draft.changes
    .map(({ path }) => path)
    .filter((path) => pathProblem(path) !== undefined || !inScope(path));
  const changes = draft.changes
    .filter(({ path }) => pathProblem(path) === undefined)
    .map((change): FileChange => ({ ...change, path: lab + change.path }));
  // Git shows it on terminals, and takes no NUL.
  const hypothesis = printable(shorten(draft.hypothesis, BOUNDS.hypothesis));
  const message = `${hypothesis}\n\nRatchet study ${study}, experiment ${experiment}\n`;
  const committed = await commitWhatCanBe(repository, { parent, changes, message });
  outside.push(...committed.impossible.map((path) => path.slice(lab.length)));
  const changed = await repository.changes(parent, committed.commit);
  if (changed.length === 0 && outside.length === 0) return { kind: 'unchanged' };
  return {
    kind: 'committed',
    commit: committed.commit,
    size: await syntaxSize(engine, parent, draft.changes),
    outside: outside.slice(0, 20).map((path) => shorten(path, BOUNDS.path)),
  };
}

/** A patch that no tree can hold, such as one that deletes what is not there, becomes a commit that changes nothing. */
async function commitWhatCanBe(
  repository: Repository,
  init: { parent: Commit; changes: readonly FileChange[]; message: string },
): Promise<{ commit: Commit; impossible: readonly string[] }> {
  try {
    return { commit: await repository.commitChanges(init), impossible: [] };
  } catch (cause) {
    if (!(cause instanceof InvalidChangeError)) throw cause;
    return { commit: await repository.commitChanges({ ...init, changes: [] }), impossible: [cause.path] };
  }
}

async function syntaxSize(
  { repository, ledger }: Engine,
  parent: Commit,
  changes: readonly FileChange[],
): Promise<SyntaxSize | undefined> {
  let before = 0;
  let after = 0;
  for (const change of changes) {
    const old = await repository.readFile(parent, ledger.state.study.lab + change.path);
    const sizeBefore = old ? await syntaxNodes(change.path, old.toString()) : 0;
    const sizeAfter = change.kind === 'delete' ? 0 : await syntaxNodes(change.path, String(change.content));
    if (sizeBefore === undefined || sizeAfter === undefined) return undefined;
    before += sizeBefore;
    after += sizeAfter;
  }
  return { before, after };
}

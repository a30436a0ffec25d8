import { createScope } from '../lab/scope.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Draft, FileChange, SyntaxSize } from '../model/proposal.ts';
import { syntaxNodes } from '../propose/syntax/nodes.ts';
import type { Engine } from './engine.ts';

export type CommittedDraft =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'committed';
      readonly commit: Commit;
      readonly size: SyntaxSize | undefined;
      /** Paths outside the scope: the commit is kept as evidence, and never run. At most 20. */
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
  const outside = draft.changes.map(({ path }) => path).filter((path) => !isPlain(path) || !inScope(path));
  const changes = draft.changes
    .filter(({ path }) => isPlain(path))
    .map((change): FileChange => ({ ...change, path: lab + change.path }));
  const message = `${draft.hypothesis}\n\nRatchet study ${study}, experiment ${experiment}\n`;
  const commit = await repository.commitChanges({ parent, changes, message });
  const changed = await repository.changes(parent, commit);
  if (changed.length === 0 && outside.length === 0) return { kind: 'unchanged' };
  return {
    kind: 'committed',
    commit,
    size: await syntaxSize(engine, parent, draft.changes),
    outside: outside.slice(0, 20),
  };
}

/** A path that stays inside the lab and that git would store: no `..`, no `.git`, nothing absolute. */
function isPlain(path: string): boolean {
  const parts = path.split('/');
  return (
    path !== '' &&
    !parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part))
  );
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

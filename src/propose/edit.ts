import { createHash } from 'node:crypto';
import type { ExperimentId } from '../model/identity.ts';
import type { FileChange } from '../model/proposal.ts';
import type { StudyState } from '../model/study.ts';

/** Names what the files are after the change: the same place reached by other edits is the same. */
export function editOf(changes: readonly FileChange[]): string {
  const hash = createHash('sha256');
  for (const change of changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${change.path}\0${change.kind === 'write' ? change.content : ''}\0`);
  const paths = changes.map(({ path }) => path).join(', ');
  // The digest first: a long list of paths is cut at its end.
  return `${hash.digest('hex').slice(0, 16)} of ${paths}`;
}

/** The experiment that tried this edit; one that was set aside never ran. */
export function triedAs(edit: string, { experiments }: StudyState): ExperimentId | undefined {
  for (const { proposal, status } of experiments.values()) {
    if (proposal.edit === edit && status !== 'set-aside') return proposal.experiment;
  }
  return undefined;
}

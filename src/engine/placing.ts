import type { Person } from '../git/commit.ts';
import type { Repository } from '../git/repository.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Experiment } from '../model/study.ts';

/** What became of a kept change that was to be put on another commit. */
export type Placed =
  /** `commit` holds it on `parent`; `on` are the changes below it, since it does not apply without them: none where it stands alone. */
  | {
      readonly kind: 'placed';
      readonly experiment: ExperimentId;
      readonly commit: Commit;
      readonly parent: Commit;
      readonly on: readonly ExperimentId[];
    }
  /** What it changes is there already. */
  | { readonly kind: 'there'; readonly experiment: ExperimentId }
  | { readonly kind: 'conflict'; readonly experiment: ExperimentId; readonly paths: readonly string[] };

type OnItsPlace = Extract<Placed, { kind: 'placed' }>;

export interface Placing {
  readonly base: Commit;
  readonly person: Person;
  readonly messageOf: (experiment: Experiment) => string;
}

/**
 * Puts each change on the base by a three-way merge, in their order: alone where it applies so, else on the latest of those before
 * it on which it does. No ref moves. The same changes on the same base by the same person are the same commits.
 */
export async function placeEach(
  repository: Repository,
  changes: readonly Experiment[],
  placing: Placing,
): Promise<Placed[]> {
  const done: Placed[] = [];
  for (const change of changes) {
    const earlier = done.filter((placed) => placed.kind === 'placed').toReversed();
    const alone = await placeOn(repository, change, placing, undefined);
    done.push(
      alone.kind === 'conflict' ? await placeOnFirst(repository, change, placing, earlier, alone) : alone,
    );
  }
  return done;
}

/** Puts all changes on the base, one on the other; what does not apply is left out. The last of those that were placed holds all. */
export async function placeAll(
  repository: Repository,
  changes: readonly Experiment[],
  placing: Placing,
): Promise<Placed[]> {
  const done: Placed[] = [];
  for (const change of changes) {
    const below = done.findLast((placed) => placed.kind === 'placed');
    done.push(await placeOn(repository, change, placing, below));
  }
  return done;
}

async function placeOnFirst(
  repository: Repository,
  change: Experiment,
  placing: Placing,
  earlier: readonly OnItsPlace[],
  otherwise: Placed,
): Promise<Placed> {
  for (const below of earlier) {
    const placed = await placeOn(repository, change, placing, below);
    if (placed.kind === 'placed') return placed;
  }
  return otherwise;
}

async function placeOn(
  repository: Repository,
  change: Experiment,
  { base, person, messageOf }: Placing,
  below: OnItsPlace | undefined,
): Promise<Placed> {
  const { experiment, parent, commit } = change.proposal;
  const ours = below?.commit ?? base;
  const merged = await repository.merge({
    base: parent,
    ours,
    theirs: commit,
    message: messageOf(change),
    person,
    time: new Date(change.status === 'judged' ? change.judgedAt : change.proposedAt),
  });
  if (merged.kind === 'conflict') return { kind: 'conflict', experiment, paths: merged.paths };
  if ((await repository.changes(ours, merged.commit)).length === 0) return { kind: 'there', experiment };
  const on = below === undefined ? [] : [...below.on, below.experiment];
  return { kind: 'placed', experiment, commit: merged.commit, parent: ours, on };
}

import { BOUNDS, shorten } from '../model/bound.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit } from '../model/identity.ts';
import type { Draft } from '../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../model/researcher.ts';
import { printable } from '../process/printable.ts';
import type { Engine } from './engine.ts';
import { refsOf } from './publish.ts';

type Unusable = Aside & { readonly kind: 'unusable' };

/** What a thought came to. */
export interface Thought {
  readonly drafts: readonly Draft[];
  readonly unusable: readonly Unusable[];
  /** For so many milliseconds nobody has an idea who could not have one later; undefined where no drafts mean no ideas. */
  readonly rests: number | undefined;
  /** Whether a model was asked. */
  readonly isPaid: boolean;
}

/**
 * Asks a researcher. What it is paid and how it fails is in the ledger as soon as it tells, also where the thought is cut
 * short. Undefined where the engine ends meanwhile: that is no fault.
 */
export async function think(
  engine: Engine,
  researcher: Researcher,
  brief: Brief,
  count: number,
): Promise<Thought | undefined> {
  const { abort, ledger, errands } = engine;
  const unusable: Unusable[] = [];
  let rests: number | undefined;
  let isPaid = false;
  const tell = (aside: Aside): void => {
    switch (aside.kind) {
      case 'unusable':
        unusable.push(aside);
        return;
      case 'spent': {
        isPaid = true;
        const { kind: _, researcher: paid, ...price } = aside;
        record({ kind: 'thought-pay', researcher: shorten(paid, BOUNDS.name), ...price });
        return;
      }
      case 'failed': {
        const reason = shorten(printable(aside.reason), BOUNDS.reason);
        record({ kind: 'thought-fail', researcher: shorten(aside.researcher, BOUNDS.name), reason });
        return;
      }
      case 'rests':
        rests = aside.milliseconds;
        return;
      default:
        aside satisfies never;
    }
  };
  const recording: Promise<void>[] = [];
  const record = (event: StudyEvent): void => {
    const recorded = ledger.append([event]).then(() => undefined);
    recording.push(recorded);
    errands.run(recorded);
  };
  try {
    const drafts = await researcher.propose(brief, count, abort, tell);
    // A limit on what is paid binds the next thought.
    await Promise.all(recording);
    return { drafts, unusable, rests, isPaid };
  } catch (cause) {
    if (abort.aborted) return undefined;
    throw cause;
  }
}

/** Makes invalid experiments of answers that hold no patch: dead ends that are remembered. Each has a commit that changes nothing. */
export async function addUnusable(
  { ledger, repository }: Engine,
  answers: readonly Unusable[],
  parent: Commit,
): Promise<void> {
  const { study } = ledger.state.study;
  for (const answer of answers) {
    const experiment = ledger.state.nextExperiment;
    const hypothesis = shorten(answer.hypothesis, BOUNDS.hypothesis);
    const message = `${printable(hypothesis)}\n\nRatchet study ${study}, experiment ${experiment}\n`;
    const commit = await repository.commitChanges({ parent, changes: [], message });
    await repository.updateRefs([{ ref: refsOf(study).experiment(experiment), to: commit }]);
    const reason = shorten(`no patch that can be applied: ${printable(answer.reason)}`, BOUNDS.reason);
    await ledger.append([
      {
        kind: 'proposal-add',
        experiment,
        hypothesis,
        category: answer.category,
        edit: 'none',
        origin: { kind: 'researcher', name: shorten(answer.researcher, BOUNDS.name) },
        parent,
        commit,
      },
      { kind: 'verdict', experiment, verdict: { kind: 'invalid', reason, evidence: { paths: [] } } },
    ]);
  }
}

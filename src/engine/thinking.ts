import { BOUNDS, shorten } from '../model/bound.ts';
import type { EventOf } from '../model/event.ts';
import type { Commit } from '../model/identity.ts';
import type { Draft } from '../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../model/researcher.ts';
import { printable } from '../process/printable.ts';
import type { AddDrafts } from './adding.ts';
import type { Engine } from './engine.ts';
import { refsOf } from './publish.ts';

type Unusable = Aside & { readonly kind: 'unusable' };

/** What a thought came to. */
export interface Thought {
  /** Those that did not come with a payment. */
  readonly drafts: readonly Draft[];
  /** How many of those that came with a payment changed anything: they are proposals by now. */
  readonly added: number;
  readonly unusable: readonly Unusable[];
  /** For so many milliseconds nobody has an idea who could not have one later; undefined where no drafts mean no ideas. */
  readonly rests: number | undefined;
  /** Whether a model was asked. */
  readonly isPaid: boolean;
}

export interface Asked {
  readonly researcher: Researcher;
  readonly brief: Brief;
  /** Drafts, at most. */
  readonly count: number;
  readonly add: AddDrafts;
}

/**
 * Asks a researcher. What it is paid and how it fails is in the ledger as soon as it tells, also where the thought is cut
 * short. Undefined where the engine ends meanwhile: that is no fault.
 */
export async function think(
  { abort, ledger, errands }: Engine,
  { researcher, brief, count, add }: Asked,
): Promise<Thought | undefined> {
  const bought = new Set<string>();
  let added = 0;
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
        const { kind: _, researcher: name, bought: drafts, ...price } = aside;
        const paid = shorten(name, BOUNDS.name);
        for (const { edit } of drafts) bought.add(edit);
        record(() => pay(drafts, { kind: 'thought-pay', researcher: paid, ...price }));
        return;
      }
      case 'failed': {
        const reason = shorten(printable(aside.reason), BOUNDS.reason);
        const failing = shorten(aside.researcher, BOUNDS.name);
        record(() => ledger.append([{ kind: 'thought-fail', researcher: failing, reason }]));
        return;
      }
      case 'rests':
        rests = aside.milliseconds;
        return;
      default:
        aside satisfies never;
    }
  };
  const pay = async (drafts: readonly Draft[], payment: EventOf<'thought-pay'>): Promise<void> => {
    const origin = { kind: 'researcher', name: payment.researcher } as const;
    added += await add(drafts, brief.champion, () => origin, payment);
  };
  // In the order in which it was told: who is paid after a failure is well again.
  let recorded = Promise.resolve();
  const record = (event: () => Promise<unknown>): void => {
    recorded = recorded.then(async () => void (await event()));
    errands.run(recorded);
  };
  try {
    const drafts = await researcher.propose(brief, count, abort, tell);
    // A limit on what is paid binds the next thought.
    await recorded;
    return { drafts: drafts.filter(({ edit }) => !bought.has(edit)), added, unusable, rests, isPaid };
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

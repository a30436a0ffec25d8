import type { ExperimentId } from '../../src/model/identity.ts';
import type { Draft } from '../../src/model/proposal.ts';
import type { Brief, Researcher } from '../../src/model/researcher.ts';
import type { Experiment, StudyState } from '../../src/model/study.ts';
import { applyEdit, type Edit } from './edit.ts';

/** What became of one edit in a study so far. */
interface History {
  /** Proposals of it, those that were set aside and its merges included. */
  proposals: number;
  /** Verdicts that were reached, of those that left it outside the champion. */
  verdicts: number;
  /** In the champion, on its way into it, or about to be judged. */
  isSettled: boolean;
}

/**
 * Proposes the edits in their order on whatever champion there is. What was set aside because the champion moved is proposed
 * again on the new one. Once all are judged, those that are not in the champion are proposed once more, as often as `rounds`
 * says: a researcher who is out of ideas.
 */
export function scriptedResearcher(edits: readonly Edit[], rounds: number): Researcher {
  return {
    name: 'script',
    propose: async (brief, count) => {
      const histories = historiesOf(brief.state);
      const waiting = edits
        .map((edit) => ({ edit, history: histories.get(edit.name) ?? NEW }))
        .filter(({ history }) => !history.isSettled && history.verdicts < rounds)
        // Stable: within a round the order stays.
        .toSorted((a, b) => a.history.verdicts - b.history.verdicts);
      const drafts: Draft[] = [];
      for (const { edit, history } of waiting) {
        if (drafts.length === count) break;
        const draft = draftOf(edit, history.proposals + 1, brief);
        if (draft) drafts.push(draft);
      }
      return drafts;
    },
  };
}

const NEW: History = { proposals: 0, verdicts: 0, isSettled: false };

/** Undefined where the champion has lost a line of it, or has it already. */
function draftOf(edit: Edit, time: number, { sources }: Brief): Draft | undefined {
  const source = sources.get('train.ts');
  if (source === undefined) throw new Error('labs/gpt has no train.ts for a researcher to edit');
  const content = applyEdit(source, edit);
  if (content === undefined || content === source) return undefined;
  return {
    hypothesis: time === 1 ? edit.name : `${edit.name}, for the ${time}. time`,
    category: edit.category,
    edit: `${edit.name} #${time}`,
    changes: [{ kind: 'write', path: 'train.ts', content }],
  };
}

/** Which of the edits an experiment is about, be it a merge of it. */
export function editNameOf(state: StudyState, { proposal }: Experiment): string {
  if (proposal.origin.kind === 'merge') {
    const original = state.experiments.get(proposal.origin.of);
    if (original) return editNameOf(state, original);
  }
  return proposal.edit.replace(/ #\d+$/, '');
}

function historiesOf(state: StudyState): Map<string, History> {
  const standing = new Set<ExperimentId>([...state.champions.values()].flatMap(({ stack }) => stack));
  const mergedFrom = new Set<ExperimentId>();
  for (const { proposal } of state.experiments.values())
    if (proposal.origin.kind === 'merge') mergedFrom.add(proposal.origin.of);
  const histories = new Map<string, History>();
  for (const [id, experiment] of state.experiments) {
    const name = editNameOf(state, experiment);
    const history = histories.get(name) ?? { ...NEW };
    histories.set(name, history);
    history.proposals += 1;
    if (standing.has(id) || state.unmerged.has(id) || experiment.status === 'open') history.isSettled = true;
    if (experiment.status !== 'judged') continue;
    const isCarriedOver = experiment.verdict.kind === 'keep' && mergedFrom.has(id);
    // A keep that conflicts with the champion that moved meanwhile is proposed again at once.
    const isLost = experiment.verdict.kind === 'keep' && !standing.has(id) && !state.withdrawn.has(id);
    if (!isCarriedOver && !isLost) history.verdicts += 1;
  }
  return histories;
}

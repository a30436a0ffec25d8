import { creditedGain } from '../../model/effect.ts';
import type { ExperimentId } from '../../model/identity.ts';
import { type Experiment, type StudyState, stackAt } from '../../model/study.ts';
import { oneDigit } from '../../model/told.ts';
import type { Comparison } from '../../model/verdict.ts';
import { describe } from './describe.ts';
import { effectText } from './effect.ts';
import { fencedList } from './list.ts';
import type { BriefMaterial } from './material.ts';
import { type Section, titled } from './room.ts';

const LONGEST = 400;
/** Of the newest keeps that come first in a list too long for all; after them the largest. */
const NEWEST = 5;

interface Keep {
  readonly id: ExperimentId;
  readonly evidence: Comparison;
  readonly gain: number;
  readonly text: string;
}

/** Every change that was kept and has not been withdrawn, with what it is worth. */
export function keptSection(material: BriefMaterial, share: number): Section {
  const { state, champion } = material;
  const stack = new Set(stackAt(state, champion) ?? []);
  const isConfirmed = state.certificates.some(({ of }) => of.kind === 'stack' && of.champion === champion);
  const keeps = [...state.experiments.values()].flatMap((experiment): Keep[] => {
    const evidence = keptEvidence(state, experiment);
    if (evidence === undefined) return [];
    const { proposal } = experiment;
    const id = proposal.experiment;
    const gain = creditedGain(state, id, evidence);
    const how = [wordsOf(gain, evidence), standingOf(state, id, stack, isConfirmed)].join(', ');
    return [
      { id, evidence, gain, text: `#${id} ${proposal.category}: ${how}: ${describe(proposal, LONGEST)}` },
    ];
  });
  const title = { title: 'What was kept', lead: leadOf(keeps.filter(({ id }) => stack.has(id))) };
  if (keeps.length === 0) return { share, write: () => '' };
  return { share, write: (room) => titled(title, room, (inside) => fencedList(byUse(keeps), inside)) };
}

function keptEvidence(state: StudyState, experiment: Experiment): Comparison | undefined {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return undefined;
  return state.withdrawn.has(experiment.proposal.experiment) ? undefined : experiment.verdict.evidence;
}

function wordsOf(gain: number, { size }: Comparison): string {
  if (size !== undefined) return 'no difference, and simpler';
  return effectText(gain > 0 ? { kind: 'better', gain } : { kind: 'no difference' });
}

function standingOf(
  state: StudyState,
  id: ExperimentId,
  stack: ReadonlySet<ExperimentId>,
  isConfirmed: boolean,
): string {
  if (state.certificates.some(({ of }) => of.kind === 'change' && of.experiment === id)) return 'certified';
  if (state.unmerged.has(id)) return 'waits to be carried over to the champion';
  if (!stack.has(id)) return 'not in this champion';
  return isConfirmed ? 'certified with the others' : 'provisional';
}

function leadOf(stack: readonly Keep[]): string {
  if (stack.length === 0) return 'The champion is still the baseline.';
  const gain = stack.reduce((sum, keep) => sum + keep.gain, 0);
  const count = stack.length === 1 ? 'one kept change' : `${stack.length} kept changes, together`;
  return `The champion holds ${count} ${gain > 0 ? `better than the baseline by about ${oneDigit(gain)}` : 'as good as the baseline'}. Build on them; do not propose them again.`;
}

/** The newest few, then the largest. */
function byUse(keeps: readonly Keep[]): Keep[] {
  const newestFirst = keeps.toReversed();
  const largest = newestFirst.slice(NEWEST).sort((a, b) => b.gain - a.gain || b.id - a.id);
  return [...newestFirst.slice(0, NEWEST), ...largest];
}

import { readLive, slotStates } from '../../engine/live.ts';
import type { StudyFolder } from '../../lab/folder.ts';
import type { TrialId } from '../../model/identity.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { isAtWork } from '../../serve/page/at-work.ts';
import { curveOfCommit, streamedIn, wireCurve } from '../../serve/page/detail.ts';
import type { Phase, SlotsFrame, WireSlot } from '../../serve/page/wire.ts';
import { slotViews } from '../terminal/view.ts';
import { curveOf } from '../trial-files.ts';

/** Slots that are shown with a curve each; a cluster's are counted beyond that. */
const MOST_SLOTS = 64;

/** What the engine's slots do at the moment; none where no engine is at work. */
export function slotsNow(folder: StudyFolder, state: StudyState, phase: Phase): SlotsFrame {
  // What an engine showed last outlives it where it was killed.
  const live = isAtWork(phase) ? readLive(folder) : undefined;
  if (live === undefined) return { free: 0, busy: [], champion: [], streamed: null };
  const states = slotStates(live, state);
  const objective = state.study.objective.name;
  const views = slotViews(states, state);
  let streamed: string | null = null;
  const pointsOf = (trial: TrialId) => {
    const points = curveOf(folder, trial);
    streamed ??= streamedIn(points, objective);
    return points;
  };
  const busy = views.slice(0, MOST_SLOTS).flatMap((view): WireSlot[] => {
    const slot = states[view.slot];
    if (view.kind === 'free' || slot?.kind !== 'busy') return [];
    const { trial } = slot.trial;
    return [
      {
        slot: view.slot,
        trial,
        purpose: view.purpose,
        experiment: view.experiment ?? null,
        what: view.hypothesis ?? view.what ?? '',
        stage: view.stage,
        share: Math.round(1000 * view.share) / 1000,
        seconds: Math.round(10 * view.seconds) / 10,
        curve: wireCurve(pointsOf(trial), objective),
      },
    ];
  });
  const hardware = state.engine?.hardware;
  const commit = hardware === undefined ? state.study.baseline : championOn(state, hardware).commit;
  const curve = (trial: TrialId) => curveOf(folder, trial);
  const free = views.filter(({ kind }) => kind === 'free').length;
  return { free, busy, champion: busy.length === 0 ? [] : curveOfCommit({ curve }, state, commit), streamed };
}

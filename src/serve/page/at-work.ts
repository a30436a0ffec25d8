import type { StudyState } from '../../model/study.ts';
import type { PageLook } from './page-desk.ts';
import type { Phase } from './wire.ts';

export function isAtWork(phase: Phase): boolean {
  return phase !== 'stopped' && phase !== 'died';
}

/** The study as it is to be shown: without an engine nothing runs and time stands still, even where one died and could not say so. */
export function shownState({ state, phase }: Pick<PageLook, 'state' | 'phase'>): StudyState {
  return isAtWork(phase) ? state : { ...state, activity: 'stopped' };
}

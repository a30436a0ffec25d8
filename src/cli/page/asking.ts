import { CARRIED, leaveGuidance } from '../../engine/guidance.ts';
import { engineAtWork } from '../../engine/lock.ts';
import { leaveWish } from '../../engine/request.ts';
import { leaveSuggestion } from '../../engine/suggestions.ts';
import { openRepository } from '../../git/open-repository.ts';
import type { StudyFolder } from '../../lab/folder.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import type { Told, WireWish } from '../../serve/page/wire.ts';

const HEARD: Readonly<Record<WireWish, string>> = {
  pause: 'It starts no further trial; those in flight are finished.',
  resume: 'It goes on.',
  stop: 'It finishes the trials in flight, then stops. "ratchet run" resumes the study.',
};

/** Leaves a wish for the engine at work, which looks twice a second. */
export function askEngine(folder: StudyFolder, wish: WireWish): Told {
  if (engineAtWork(folder) === undefined)
    return { kind: 'refused', text: 'No engine is at work on this study: "ratchet run" resumes it.' };
  leaveWish(folder, wish);
  return { kind: 'done', text: HEARD[wish] };
}

/** An idea in words for the next briefs of models, or with its patch the next proposal that runs, as `ratchet suggest` leaves them. */
export async function leaveIdea(
  lab: string,
  state: StudyState,
  text: string,
  patch: string | undefined,
): Promise<Told> {
  const idea = text.trim().replace(/\s+/g, ' ');
  if (patch === undefined || patch.trim() === '') {
    leaveGuidance(lab, idea, Date.now());
    return {
      kind: 'done',
      text: `The briefs of the next ${CARRIED} proposals of a language model carry it. Search reads no words: for it, add a patch.`,
    };
  }
  const whole = patch.endsWith('\n') ? patch : `${patch}\n`;
  const problem = await misfit(lab, state, whole);
  if (problem !== undefined) return { kind: 'refused', text: problem };
  leaveSuggestion(lab, { idea, patch: whole });
  return {
    kind: 'done',
    text: 'It runs next: at once where an engine is at work, else with the next "ratchet run".',
  };
}

/** Told to whoever writes it, and not hours later: the engine asks the same again, on the champion of then. */
async function misfit(lab: string, state: StudyState, patch: string): Promise<string | undefined> {
  const opening = await openRepository(lab);
  if (opening.kind !== 'open') return opening.message;
  await using repository = opening.repository;
  const hardware = state.engine?.hardware;
  const parent = hardware === undefined ? state.study.baseline : championOn(state, hardware).commit;
  const outcome = await repository.applyPatch({ parent, patch });
  if (outcome.kind === 'refused')
    return `The patch does not fit the champion, ${parent.slice(0, 10)}: ${outcome.reason}.`;
  return outcome.changes.length === 0 ? 'The patch changes nothing.' : undefined;
}

import type { JudgeContext, WantedTrial } from '../model/judge.ts';
import type { StudyState } from '../model/study.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ideas, Knowledge } from './learn/knowledge.ts';

/** What a judge is asked, with all that the study has taught. */
export interface Question {
  readonly state: StudyState;
  readonly context: JudgeContext;
  readonly knowledge: Knowledge;
  readonly ideas: Ideas;
}

/** What the evidence on one experiment amounts to so far. */
export type Finding =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'wants'; readonly trial: WantedTrial }
  /** For a trial of its own that runs, or for the champion's, whole or short. */
  | { readonly kind: 'waits'; readonly for: 'trial' | 'champion' | 'noise' | 'short trials' };

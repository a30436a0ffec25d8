import { CHARACTERS_A_TOKEN } from '../language-model/use.ts';
import type { TurnUsage } from './messages.ts';

/** What a turn used: as far as the agent tells, and estimated low where it does not. */
export interface TurnUse {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly dollars?: number;
}

/** What is known of a turn beside what the agent counts of it. */
export interface TurnHeard {
  /** Characters that it was asked with, and that it said. */
  readonly asked: number;
  readonly said: number;
  /** As far as the agent told them. */
  readonly dollars: number;
}

/** @param usage undefined where the turn broke off, or the agent counts nothing */
export function turnUse(usage: TurnUsage | undefined, { asked, said, dollars }: TurnHeard): TurnUse {
  const { inputTokens = 0, outputTokens, cachedReadTokens, cachedWriteTokens } = usage ?? {};
  const counted = inputTokens + (cachedReadTokens ?? 0) + (cachedWriteTokens ?? 0);
  return {
    // No question has none.
    inputTokens: counted || Math.ceil(asked / CHARACTERS_A_TOKEN),
    outputTokens: outputTokens ?? Math.ceil(said / CHARACTERS_A_TOKEN),
    ...(dollars > 0 ? { dollars } : {}),
  };
}

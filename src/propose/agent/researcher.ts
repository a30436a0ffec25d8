import { join } from 'node:path';
import { shorten } from '../../model/bound.ts';
import type { Commit } from '../../model/identity.ts';
import type { Draft } from '../../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../../model/researcher.ts';
import { printable } from '../../process/printable.ts';
import { type Agent, withoutSecrets } from './agent.ts';
import { converse } from './conversation.ts';
import type { Patience } from './patience.ts';
import { type AgentPlace, makePlace } from './place.ts';
import { layOut, type ScratchOptions } from './scratch.ts';
import { type Holding, startAgent } from './start.ts';
import { type Meeting, takeTurns } from './turns.ts';

export interface AgentResearcherOptions {
  readonly agent: Agent;
  readonly holding: Holding;
  /** The lab's absolute folder. */
  readonly folder: string;
  readonly scratch: Omit<ScratchOptions, 'place'>;
  readonly writeBrief: (brief: Brief, length: 'whole' | 'short') => string;
  readonly patience: Patience;
}

/** A researcher that holds processes; disposing ends them all. */
export type HeldResearcher = Researcher & AsyncDisposable;

/** After so many proposals a conversation is begun anew from the brief: it grows with each, and what it remembers grows old. */
const MOST_PROPOSALS = 8;
/** Characters of a reason. */
const MOST_REASON = 500;

/**
 * A coding agent that proposes. It works in a folder with the champion, inside a sandbox; the proposal is the difference that it leaves,
 * however it ends, and the hypothesis that it states. One thought is one proposal. What is wrong with it goes back once.
 */
export function createAgentResearcher(options: AgentResearcherOptions): HeldResearcher {
  const { agent } = options;
  let place: AgentPlace | undefined;
  let meeting: Meeting | undefined;
  let thinking: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  async function meet(champion: Commit, signal: AbortSignal): Promise<Meeting> {
    if (meeting !== undefined && !meeting.isOver && meeting.proposals < MOST_PROPOSALS) return meeting;
    await part();
    place ??= await makePlace(options.folder, agent);
    meeting = await openMeeting(options, place, champion, signal);
    return meeting;
  }

  async function part(): Promise<void> {
    const last = meeting;
    meeting = undefined;
    await last?.[Symbol.asyncDispose]();
  }

  async function think(brief: Brief, signal: AbortSignal, tell: (aside: Aside) => void): Promise<Draft[]> {
    try {
      const met = await meet(brief.champion, signal);
      return await takeTurns(
        { ...options, scratch: { ...options.scratch, place: place! }, brief, signal, tell },
        met,
      );
    } catch (cause) {
      const kept = meeting?.process.keptFrom() ?? '';
      // Whatever went wrong, what is left of it is ended, and the next thought begins anew.
      await part();
      signal.throwIfAborted();
      const reason = shorten(printable(withoutSecrets(`${reasonOf(cause)}${kept}`, agent)), MOST_REASON);
      tell({ kind: 'failed', researcher: agent.name, reason });
      return [];
    }
  }

  return {
    name: agent.name,
    async propose(brief, count, signal, tell) {
      if (count < 1) return [];
      const thought = think(brief, AbortSignal.any([signal, closing.signal]), tell);
      thinking = thought.catch(() => undefined);
      return await thought;
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the researcher was closed'));
      await thinking;
      await part();
      await place?.[Symbol.asyncDispose]();
    },
  };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

async function openMeeting(
  { agent, holding, scratch, patience }: AgentResearcherOptions,
  place: AgentPlace,
  champion: Commit,
  signal: AbortSignal,
): Promise<Meeting> {
  const cwd = join(place.work, scratch.lab);
  // An agent looks about at its start.
  await layOut({ ...scratch, place }, champion, signal);
  const process = await startAgent({ agent, place, holding, cwd, signal });
  try {
    const isHeld = holding.enforcement.sandbox.kind !== 'none';
    const policy = { folder: cwd, own: [place.temporary], isHeld };
    const conversation = await converse({ agent, process, policy, cwd, patience, signal });
    return {
      process,
      conversation,
      proposals: 0,
      isOver: false,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  } catch (cause) {
    await process[Symbol.asyncDispose]();
    throw cause;
  }
}

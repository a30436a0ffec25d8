import { shownTo } from '../../lab/shown.ts';
import { shorten } from '../../model/bound.ts';
import type { Draft } from '../../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../../model/researcher.ts';
import { editOf, triedAs } from '../edit.ts';
import { MOST_PROPOSALS, readAnswer, type Written } from './answer.ts';
import type { AskModel } from './ask.ts';
import { firstMessage, type Message, ownMessage, repairMessage } from './conversation.ts';
import { applyEdits } from './edits.ts';
import type { TokenUse } from './use.ts';

/** Characters of a hypothesis that a reason quotes. */
const QUOTED = 200;

export interface ModelResearcherOptions {
  /** As the ledger names it: `model:ollama/qwen3`. */
  readonly name: string;
  readonly ask: AskModel;
  readonly writeBrief: (brief: Brief) => string;
}

/**
 * A language model that proposes. It is shown a brief and answers with edits; an answer that cannot be read, or whose edits do not
 * apply, is sent back once with the reason, and then counts as an invalid experiment: a dead end that the next brief names.
 */
export function createModelResearcher({ name, ask, writeBrief }: ModelResearcherOptions): Researcher {
  return {
    name,
    async propose(brief, count, signal, tell) {
      const talk = { name, ask, count, signal, tell, taken: new Set<string>() };
      const first = firstMessage(writeBrief(brief), Math.min(count, MOST_PROPOSALS));
      const round = await converse([first], brief, talk);
      if (round === undefined) return [];
      if (round.flaws.length === 0 || round.drafts.length >= count) return [...round.drafts];
      const messages = [first, round.said, repairMessage(round.flaws.map(({ reason }) => reason))];
      // What the first round brought is paid for, whatever becomes of the second.
      const repaired = await converse(messages, brief, talk).catch((cause: unknown) => {
        if (signal.aborted && round.drafts.length > 0) return undefined;
        throw cause;
      });
      const drafts = [...round.drafts, ...(repaired?.drafts ?? [])];
      // No more experiments than were asked for, the invalid ones among them.
      const flaws = signal.aborted ? [] : (repaired ?? round).flaws.slice(0, count - drafts.length);
      for (const { written, reason } of flaws) {
        const hypothesis = written?.hypothesis ?? 'an answer without a proposal that can be read';
        tell({
          kind: 'unusable',
          researcher: name,
          hypothesis,
          category: written?.category ?? 'other',
          reason,
        });
      }
      return drafts;
    },
  };
}

interface Talk {
  readonly name: string;
  readonly ask: AskModel;
  /** Drafts of this thought, at most. */
  readonly count: number;
  readonly signal: AbortSignal;
  readonly tell: (aside: Aside) => void;
  /** Edits of this thought so far. */
  readonly taken: Set<string>;
}

interface Flaw {
  /** Undefined where the answer as a whole could not be read. */
  readonly written: Written | undefined;
  readonly reason: string;
}

interface Round {
  readonly said: Message;
  readonly drafts: readonly Draft[];
  readonly flaws: readonly Flaw[];
}

/** One call and what it is good for; undefined where the model could not be asked, which is told. */
async function converse(messages: readonly Message[], brief: Brief, talk: Talk): Promise<Round | undefined> {
  const { name: researcher, tell } = talk;
  const said = await talk.ask(messages, talk.signal);
  switch (said.kind) {
    case 'said':
      break;
    case 'no-answer':
    case 'failed':
      tellSpent(said.use, [], talk);
      tell({ kind: 'failed', researcher, reason: said.reason });
      return undefined;
    case 'left':
      tellSpent(said.use, [], talk);
      throw talk.signal.reason;
    default:
      return said satisfies never;
  }
  const { drafts, flaws } = readProposals(said.text, brief, talk);
  tellSpent(said.use, drafts, talk);
  return { said: ownMessage(said.text), drafts, flaws };
}

function readProposals(text: string, brief: Brief, { taken, count }: Talk): Omit<Round, 'said'> {
  const reading = readAnswer(text);
  if (reading.kind === 'flawed')
    return { drafts: [], flaws: [{ written: undefined, reason: `the answer: ${reading.reason}` }] };
  const drafts: Draft[] = [];
  const flaws: Flaw[] = reading.flaws.map((reason) => ({ written: undefined, reason }));
  for (const written of reading.proposals) {
    const result = draftOf(written, brief);
    if (typeof result === 'string') {
      flaws.push({ written, reason: `"${shorten(written.hypothesis, QUOTED)}": ${result}` });
    } else if (!taken.has(result.edit) && taken.size < count) {
      taken.add(result.edit);
      drafts.push(result);
    }
  }
  return { drafts, flaws };
}

function tellSpent(use: TokenUse, bought: readonly Draft[], { name, tell }: Talk): void {
  if (use.calls > 0) tell({ kind: 'spent', researcher: name, bought, ...use });
}

/** The draft, or why it is none. */
function draftOf(written: Written, { sources, unshown, program, state }: Brief): Draft | string {
  const applied = applyEdits({ sources, unshown, isEditable: shownTo(program) }, written.edits);
  if (applied.kind === 'flawed') return applied.reason;
  const edit = editOf(applied.changes);
  const tried = triedAs(edit, state);
  if (tried !== undefined) return `it is what experiment ${tried} tried`;
  const { hypothesis, category, expectedGain } = written;
  return {
    hypothesis,
    category,
    changes: applied.changes,
    edit,
    ...(expectedGain === undefined ? {} : { expectedGain }),
  };
}

import { createHash } from 'node:crypto';
import { createScope } from '../../lab/scope.ts';
import type { Draft, FileChange } from '../../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../../model/researcher.ts';
import { MOST_PROPOSALS, readAnswer, type Written } from './answer.ts';
import type { AskModel, TokenUse } from './ask.ts';
import { firstMessage, type Message, ownMessage, repairMessage } from './conversation.ts';
import { applyEdits } from './edits.ts';

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
      const first = firstMessage(writeBrief(brief), Math.min(count, MOST_PROPOSALS));
      const round = await converse([first], brief, { name, ask, signal, tell });
      if (round === undefined) return [];
      if (round.flaws.length === 0) return round.drafts.slice(0, count);
      const messages = [first, round.said, repairMessage(round.flaws.map(({ reason }) => reason))];
      const repaired = await converse(messages, brief, { name, ask, signal, tell });
      // A failed second call leaves what the first one had: its good part counts, and what was flawed is told.
      for (const { written, reason } of repaired?.flaws ?? round.flaws) {
        const hypothesis = written?.hypothesis ?? 'an answer without a proposal that can be read';
        tell({
          kind: 'unusable',
          researcher: name,
          hypothesis,
          category: written?.category ?? 'other',
          reason,
        });
      }
      return [...round.drafts, ...(repaired?.drafts ?? [])].slice(0, count);
    },
  };
}

interface Talk {
  readonly name: string;
  readonly ask: AskModel;
  readonly signal: AbortSignal;
  readonly tell: (aside: Aside) => void;
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
  if (said.kind === 'failed') {
    tell({ kind: 'failed', researcher, reason: said.reason });
    return undefined;
  }
  tellSpent(said, talk);
  if (said.kind === 'no-answer') {
    tell({ kind: 'failed', researcher, reason: said.reason });
    return undefined;
  }
  const answer = ownMessage(said.text);
  const reading = readAnswer(said.text);
  if (reading.kind === 'flawed')
    return {
      said: answer,
      drafts: [],
      flaws: [{ written: undefined, reason: `the answer: ${reading.reason}` }],
    };
  const drafts: Draft[] = [];
  const flaws: Flaw[] = [];
  for (const written of reading.proposals) {
    const result = draftOf(written, brief);
    if (typeof result === 'string') flaws.push({ written, reason: `"${written.hypothesis}": ${result}` });
    else drafts.push(result);
  }
  return { said: answer, drafts, flaws };
}

function tellSpent({ inputTokens, outputTokens }: TokenUse, { name, tell }: Talk): void {
  tell({ kind: 'spent', researcher: name, calls: 1, inputTokens, outputTokens });
}

/** The draft, or why it is none. */
function draftOf(written: Written, { sources, program, state }: Brief): Draft | string {
  const applied = applyEdits(sources, written.edits, createScope(program.edit));
  if (applied.kind === 'flawed') return applied.reason;
  const edit = editOf(applied.changes);
  for (const { proposal } of state.experiments.values()) {
    if (proposal.edit === edit) return `it is what experiment ${proposal.experiment} tried`;
  }
  const { hypothesis, category, expectedGain } = written;
  return {
    hypothesis,
    category,
    changes: applied.changes,
    edit,
    ...(expectedGain === undefined ? {} : { expectedGain }),
  };
}

/** Names what the files are after the change: the same place reached by other edits is the same. */
function editOf(changes: readonly FileChange[]): string {
  const hash = createHash('sha256');
  for (const change of changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${change.path}\0${change.kind === 'write' ? change.content : ''}\0`);
  const paths = changes.map(({ path }) => path).join(', ');
  return `${paths} as ${hash.digest('hex').slice(0, 16)}`;
}

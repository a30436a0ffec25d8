import { createScope } from '../../lab/scope.ts';
import { shownTo } from '../../lab/shown.ts';
import type { Category } from '../../model/category.ts';
import type { Draft, FileChange } from '../../model/proposal.ts';
import type { Aside, Brief } from '../../model/researcher.ts';
import { editOf, triedAs } from '../edit.ts';
import { type Agent, holdsSecret, withoutSecrets } from './agent.ts';
import type { Conversation } from './conversation.ts';
import { readStatement, type Statement } from './hypothesis.ts';
import { firstPrompt, nextPrompt, repairPrompt } from './prompts.ts';
import { type LeftBehind, layOut, leftBehind, type ScratchOptions } from './scratch.ts';
import type { AgentProcess } from './start.ts';
import type { TurnUse } from './turn-use.ts';

/** An agent at work: its processes, and the one session that it has. */
export interface Meeting extends AsyncDisposable {
  readonly process: AgentProcess;
  readonly conversation: Conversation;
  /** Proposals that were asked for in it. */
  proposals: number;
  /** Whether it is of no further use. */
  isOver: boolean;
}

export interface Thought {
  readonly agent: Agent;
  readonly scratch: ScratchOptions;
  readonly brief: Brief;
  readonly writeBrief: (brief: Brief, length: 'whole' | 'short') => string;
  readonly signal: AbortSignal;
  readonly tell: (aside: Aside) => void;
}

/** What one turn came to. */
type Take =
  /** The agent declined, or gave up. */
  | { readonly kind: 'no-answer'; readonly reason: string }
  /** It says that it has none. */
  | { readonly kind: 'no-idea' }
  | { readonly kind: 'unchanged' }
  /** The agent failed, or its folder could not be looked at. */
  | { readonly kind: 'broken'; readonly cause: unknown }
  | Left;

/** A change, or what should have been one. */
interface Left {
  readonly kind: 'left';
  readonly hypothesis: string;
  readonly category: Category;
  /** Undefined where no experiment can be made of it. */
  readonly draft: Draft | undefined;
  /** What is wrong with it, as the agent is told. */
  readonly flaws: readonly string[];
}

interface Taken {
  readonly take: Take;
  readonly use: TurnUse;
}

/** How long an agent's folder may take to be looked at, in milliseconds. */
const LOOK_MILLISECONDS = 60_000;
/** Paths that a flaw names. */
const MOST_NAMED = 10;

/** One proposal: a turn, and where something is wrong with what it left, one more. Rejects where the agent fails in the first. */
export async function takeTurns(thought: Thought, met: Meeting): Promise<Draft[]> {
  const { brief, scratch, signal } = thought;
  await whileStill(met, () => layOut(scratch, brief.champion, signal));
  met.proposals += 1;
  const isFirst = met.proposals === 1;
  const text = thought.writeBrief(brief, isFirst ? 'whole' : 'short');
  const prompt = (isFirst ? firstPrompt : nextPrompt)(text, brief.program);
  const first = await takeTurn(prompt, thought, met);
  if (first.take.kind !== 'left' || first.take.flaws.length === 0) return settle(first, thought);
  if (signal.aborted && first.take.draft !== undefined) return settle(first, thought);
  pay(first.use, [], thought);
  return settle(await mend(first.take, thought, met), thought);
}

/** The second turn. What the first one brought is paid for, whatever becomes of this one. */
async function mend(first: Left, thought: Thought, met: Meeting): Promise<Taken> {
  const second = await takeTurn(repairPrompt(first.flaws), thought, met);
  const { kind } = second.take;
  if (kind === 'broken') met.isOver = true;
  const isLost = (kind === 'no-answer' || kind === 'broken') && first.draft !== undefined;
  return isLost ? { ...second, take: first } : second;
}

/** A flaw that is left is a dead end to be remembered: the engine's own judgement where there is a draft, else an invalid experiment. */
function settle({ take, use }: Taken, thought: Thought): Draft[] {
  const { name: researcher } = thought.agent;
  const drafts = take.kind === 'left' && take.draft !== undefined ? [take.draft] : [];
  pay(use, drafts, thought);
  switch (take.kind) {
    case 'no-answer':
      thought.tell({ kind: 'failed', researcher, reason: take.reason });
      break;
    case 'unchanged':
      thought.tell({ kind: 'failed', researcher, reason: 'it changed no file' });
      break;
    case 'no-idea':
      break;
    case 'broken':
      throw take.cause;
    case 'left': {
      const { hypothesis, category, flaws } = take;
      if (drafts.length === 0)
        thought.tell({ kind: 'unusable', researcher, hypothesis, category, reason: flaws.join('; ') });
      break;
    }
    default:
      take satisfies never;
  }
  return drafts;
}

function pay(use: TurnUse, bought: readonly Draft[], { agent, tell }: Thought): void {
  const { inputTokens, outputTokens, dollars } = use;
  tell({
    kind: 'spent',
    researcher: agent.name,
    bought,
    calls: 1,
    inputTokens,
    outputTokens,
    ...(dollars === undefined ? {} : { dollars }),
  });
}

/** Never rejects: whatever becomes of a turn, it is paid for. */
async function takeTurn(prompt: string, thought: Thought, met: Meeting): Promise<Taken> {
  let use: TurnUse | undefined;
  try {
    const turn = await met.conversation.prompt(prompt, thought.signal);
    use = turn;
    if (turn.kind === 'no-answer') return { take: { kind: 'no-answer', reason: turn.reason }, use };
    return { take: await lookAt(turn.text, thought, met), use };
  } catch (cause) {
    return { take: { kind: 'broken', cause }, use: use ?? met.conversation.brokenOff() };
  }
}

/** What was said and left in a turn that is over: a stop that comes now does not throw away what was paid for. */
async function lookAt(text: string, thought: Thought, met: Meeting): Promise<Take> {
  const { scratch, brief } = thought;
  const inTime = AbortSignal.timeout(LOOK_MILLISECONDS);
  const left = await whileStill(met, () => leftBehind(scratch, brief.champion, inTime));
  return blotted(takeOf(readStatement(text), left, thought), thought.agent);
}

/** Lets none of the agent's processes run meanwhile: what the engine does in its folder must not be led elsewhere by a link. */
async function whileStill<Result>({ process }: Meeting, work: () => Promise<Result>): Promise<Result> {
  using still = process.standStill();
  if (!still.holds) throw new Error('its processes came and went without end, and could not be stopped');
  return await work();
}

function takeOf(statement: Statement, left: LeftBehind, { brief, agent }: Thought): Take {
  if (statement.kind === 'no-idea') return { kind: 'no-idea' };
  const { hypothesis, category, expectedGain } = saidOf(statement, left);
  const bad = (flaw: string): Left => ({
    kind: 'left',
    hypothesis,
    category,
    draft: undefined,
    flaws: [flaw],
  });
  if (left.kind === 'flawed') return bad(left.reason);
  const { changes } = left;
  if (changes.length === 0) return { kind: 'unchanged' };
  const kept = changes.find(
    ({ path }) => createScope(brief.program.edit)(path) && !shownTo(brief.program)(path),
  );
  // By too wide a glob `edit` opens what no run sees; to the engine it would be a change like any other.
  if (kept !== undefined) return bad(`${kept.path} is not yours to change: put it back`);
  if (holdsSecret(textOf(changes), agent)) return bad('it holds a key or a login of yours');
  const edit = editOf(changes);
  const tried = triedAs(edit, brief.state);
  if (tried !== undefined) return bad(`it is what experiment ${tried} tried`);
  const draft = {
    hypothesis,
    category,
    changes,
    edit,
    ...(expectedGain === undefined ? {} : { expectedGain }),
  };
  return { kind: 'left', hypothesis, category, draft, flaws: flawsOf(statement, changes, brief) };
}

/** JSON has many spellings of a text, and a path may hold anything: what is told is looked through as it will stand. */
function blotted(take: Take, agent: Agent): Take {
  if (take.kind !== 'left') return take;
  const hypothesis = withoutSecrets(take.hypothesis, agent);
  const flaws = take.flaws.map((flaw) => withoutSecrets(flaw, agent));
  return { ...take, hypothesis, flaws, draft: take.draft && { ...take.draft, hypothesis } };
}

function flawsOf(statement: Statement, changes: readonly FileChange[], { program }: Brief): string[] {
  const inScope = createScope(program.edit);
  const outside = changes.map(({ path }) => path).filter((path) => !inScope(path));
  const named = outside.slice(0, MOST_NAMED).join(', ');
  return [
    ...(outside.length === 0
      ? []
      : [
          `only ${program.edit.join(', ')} may be changed, and you changed ${named}: put back what is not to be changed`,
        ]),
    ...(statement.kind === 'missing' ? ['it states no hypothesis in the form that you were asked for'] : []),
  ];
}

type Said = Pick<Draft, 'hypothesis' | 'category' | 'expectedGain'>;

function saidOf(statement: Statement, left: LeftBehind): Said {
  if (statement.kind === 'stated') return statement;
  const paths = left.kind === 'changes' ? left.changes.map(({ path }) => path) : [];
  const what = paths.length === 0 ? '' : `; it changes ${paths.slice(0, MOST_NAMED).join(', ')}`;
  return { hypothesis: `states no hypothesis${what}`, category: 'other' };
}

function textOf(changes: readonly FileChange[]): string {
  const contents = changes.map((change) => (change.kind === 'write' ? String(change.content) : ''));
  return [...changes.map(({ path }) => path), ...contents].join('\n');
}

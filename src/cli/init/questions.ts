import type { Readable, Writable } from 'node:stream';
import { isCancel, select, text } from '@clack/prompts';
import { readProgram } from '../../lab/program.ts';
import type { Guess, PossibleTrial } from './guess.ts';
import { type LabPlan, programText, type Scored } from './plan.ts';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

type Answer<Value> = { readonly kind: 'answer'; readonly value: Value } | { readonly kind: 'cancelled' };

const CANCELLED = { kind: 'cancelled' } as const;
const ANOTHER = -1;

/** A few questions whose answers are filled in with what was guessed. Ctrl-C at any of them cancels, and changes nothing. */
export async function askForPlan(guess: Guess, terminal: Terminal): Promise<Answer<LabPlan>> {
  const trial = await askForTrial(guess, terminal);
  if (trial.kind === 'cancelled') return CANCELLED;
  const { command, edit = guess.edit } = trial.value;
  const scored = await askForScore(trial.value, terminal);
  if (scored.kind === 'cancelled') return CANCELLED;
  const provide = guess.provide;
  const unfinished: LabPlan = { command, scored: scored.value, edit: ['a'], provide: [], trial: '60s' };
  const files = await ask(terminal, {
    message: 'Which files or folders may be changed? All else is locked.',
    initialValue: edit.join(', '),
    placeholder: 'src/model.ts, src/layers',
    validate: (answer) => mistakeIn({ ...unfinished, edit: entriesOf(answer), provide }),
  });
  if (files.kind === 'cancelled') return CANCELLED;
  const budget = await ask(terminal, {
    message: 'How long may one trial take? `60s`, or `60s cpu` for processor time.',
    initialValue: trial.value.trial,
    validate: (answer) => mistakeIn({ ...unfinished, trial: answer.trim() }),
  });
  if (budget.kind === 'cancelled') return CANCELLED;
  const plan = {
    command,
    scored: scored.value,
    edit: entriesOf(files.value),
    provide,
    trial: budget.value.trim(),
  };
  return { kind: 'answer', value: plan };
}

async function askForTrial(guess: Guess, terminal: Terminal): Promise<Answer<PossibleTrial>> {
  const known = guess.trials.map(({ command }, index) => ({ value: index, label: command }));
  const index =
    known.length === 0
      ? ANOTHER
      : await select({
          ...terminal,
          message: 'Which command is one trial?',
          options: [...known, { value: ANOTHER, label: 'another command' }],
        });
  if (isCancel(index)) return CANCELLED;
  const chosen = guess.trials[index];
  if (chosen !== undefined) return { kind: 'answer', value: chosen };
  const command = await ask(terminal, {
    message: 'Which command is one trial? It runs in the folder of the lab.',
    placeholder: 'node benchmark.js',
    validate: (answer) => (answer.trim() === '' ? 'a command is needed' : undefined),
  });
  if (command.kind === 'cancelled') return CANCELLED;
  return {
    kind: 'answer',
    value: { command: command.value.trim(), scored: { kind: 'seconds' }, trial: '60s' },
  };
}

async function askForScore({ scored }: PossibleTrial, terminal: Terminal): Promise<Answer<Scored>> {
  const choice = await select<'seconds' | 'minimize' | 'maximize'>({
    ...terminal,
    message: 'What is better?',
    initialValue: scored.kind === 'seconds' ? 'seconds' : scored.direction,
    options: [
      { value: 'seconds', label: 'that it takes fewer seconds' },
      { value: 'minimize', label: 'that a number it prints is smaller' },
      { value: 'maximize', label: 'that a number it prints is larger' },
    ],
  });
  if (isCancel(choice)) return CANCELLED;
  if (choice === 'seconds') return { kind: 'answer', value: { kind: 'seconds' } };
  const measured = (metric: string): Scored => ({ kind: 'printed', metric, direction: choice });
  const metric = await ask(terminal, {
    message: 'What is the number called, as in the line `score: 0.93` that the command prints?',
    ...(scored.kind === 'printed' ? { initialValue: scored.metric } : {}),
    placeholder: 'score',
    validate: (answer) =>
      mistakeIn({ command: 'x', scored: measured(answer.trim()), edit: ['a'], provide: [], trial: '60s' }),
  });
  return metric.kind === 'cancelled' ? CANCELLED : { kind: 'answer', value: measured(metric.value.trim()) };
}

interface Question {
  readonly message: string;
  readonly initialValue?: string;
  readonly placeholder?: string;
  readonly validate: (answer: string) => string | undefined;
}

async function ask(terminal: Terminal, question: Question): Promise<Answer<string>> {
  const { validate, ...shown } = question;
  const answer = await text({ ...terminal, ...shown, validate: (typed) => validate(typed ?? '') });
  return isCancel(answer) ? CANCELLED : { kind: 'answer', value: answer };
}

/** What is wrong with a program of this plan, in a line. */
function mistakeIn(plan: LabPlan): string | undefined {
  const reading = readProgram(programText(plan));
  const [first] = reading.kind === 'mistakes' ? reading.mistakes : [];
  return first === undefined ? undefined : `${first.problem}: ${first.mend}`;
}

function entriesOf(answer: string): string[] {
  return answer
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

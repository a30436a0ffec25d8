import type { ModelCall } from './call.ts';
import { type Answer, HUGE, type Usage } from './reply.ts';

/** An answer before it has the form of either API. */
export interface Message {
  readonly text: string;
  readonly refusal: string | undefined;
  readonly toolCalls: readonly SpokenToolCall[];
  readonly finish: 'stop' | 'length' | 'content-filter' | 'tool-calls';
  readonly usage: Required<Usage> | 'absent';
}

export interface SpokenToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

const PROSE =
  'Sure, I would be happy to help! There are several things that one could try here, and the most promising is to ' +
  'look at the learning rate first. Let me know if you want me to go into more detail.';

const HUGE_LINE = 'Nobody asked for so much text, and yet it goes on and on.\n';

export function messageOf(answer: Answer, call: ModelCall): Message {
  const said = saidBy(answer, call);
  const characters = said.text.length + (said.refusal?.length ?? 0) + lengthOf(said.toolCalls);
  const usage = answer.usage ?? { input: tokens(call.text.length), output: tokens(characters) };
  return { ...said, usage: usage === 'absent' ? usage : { cached: 0, reasoning: 0, ...usage } };
}

function saidBy(answer: Answer, call: ModelCall): Omit<Message, 'usage'> {
  const words = (text: string, finish: Message['finish'] = 'stop') => ({
    text,
    refusal: undefined,
    toolCalls: [],
    finish,
  });
  switch (answer.kind) {
    case 'text':
      return words(answer.text);
    case 'json':
      return words(JSON.stringify(answer.value));
    case 'empty':
      return words('');
    case 'prose':
      return words(PROSE);
    case 'huge': {
      const length = answer.characters ?? HUGE;
      return words(HUGE_LINE.repeat(Math.ceil(length / HUGE_LINE.length)).slice(0, length));
    }
    case 'length':
      return words(answer.text, 'length');
    case 'content-filter':
      return words(answer.text ?? '', 'content-filter');
    case 'refusal':
      return { ...words(''), refusal: answer.text };
    case 'tool-calls': {
      const toolCalls = answer.calls.map(({ id, name, arguments: given }, index) => ({
        id: id ?? `call_${call.number}_${index}`,
        name,
        arguments: typeof given === 'string' ? given : JSON.stringify(given),
      }));
      return { ...words(answer.text ?? '', 'tool-calls'), toolCalls };
    }
    default:
      return answer satisfies never;
  }
}

/** Text in the pieces of a stream: enough of them that every answer has a middle, few enough for a long one. */
export function pieces(text: string): string[] {
  const characters = Array.from(text);
  const size = Math.max(1, Math.ceil(characters.length / 8));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}

function lengthOf(calls: readonly SpokenToolCall[]): number {
  return calls.reduce((sum, { name, arguments: given }) => sum + name.length + given.length, 0);
}

function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}

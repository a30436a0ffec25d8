import type { Program } from '../../model/program.ts';
import { shown } from './data.ts';
import { beginningWithin, type Section, titled } from './room.ts';
import { tokensIn } from './tokens.ts';

const MISSING = '\n\n(The rest of it is left out: it is longer than there is room for.)';
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** What the author of the lab wrote for whoever researches: instructions, not data. Its headings stand below the brief's. */
export function proseSection({ prose }: Program, share: number): Section {
  const text = belowOurs(shown(prose).trim());
  return {
    share,
    write: (room) =>
      titled({ title: 'What the author of the lab says' }, room, (inside) => {
        const whole = closed(text);
        if (tokensIn(whole) <= inside) return whole;
        const beginning = beginningWithin(text, inside - tokensIn(MISSING) - FOR_FENCE);
        return beginning === '' ? '' : closed(beginning) + MISSING;
      }),
  };
}

/** Tokens that end a block of code. */
const FOR_FENCE = 12;

function belowOurs(text: string): string {
  let fence: string | undefined;
  return text
    .split('\n')
    .map((line) => {
      fence = fenceAfter(fence, line);
      return fence === undefined ? line.replace(/^#{1,4} /, '##$&') : line;
    })
    .join('\n');
}

/** The same with its last block of code ended, so that what follows is no part of it. */
function closed(text: string): string {
  const fence = text.split('\n').reduce(fenceAfter, undefined as string | undefined);
  return fence === undefined ? text : `${text}\n${fence}`;
}

/** The fence that is open after a line. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
  const [, fence] = FENCE.exec(line) ?? [];
  if (fence === undefined) return open;
  if (open === undefined) return fence;
  return fence.startsWith(open) && line.trim() === fence ? undefined : open;
}

import * as z from 'zod';
import { CATEGORIES, type Category } from '../../model/category.ts';

/** What an agent says of its change. */
export type Statement =
  | {
      readonly kind: 'stated';
      readonly hypothesis: string;
      readonly category: Category;
      /** In the metric's unit, positive is better; absent where the agent has no idea. */
      readonly expectedGain?: number;
    }
  /** It says that it has no idea that is worth a trial. */
  | { readonly kind: 'no-idea' }
  | { readonly kind: 'missing' };

const statement = z.object({
  hypothesis: z.string().trim().nullable(),
  category: z.enum(CATEGORIES).catch('other'),
  expected_gain: z.number().nullish().catch(null),
});

/** Characters of what an agent said last that are looked at, and places of it that may be the object. */
const MOST_TEXT = 64 * 1024;
const MOST_PLACES = 20;

/** Reads what an agent said in a turn: the last object of the form that it was asked for. */
export function readStatement(text: string): Statement {
  const end = text.slice(-MOST_TEXT);
  const starts = [...end.matchAll(/\{\s{0,100}"hypothesis"/g)].map(({ index }) => index);
  for (const start of starts.reverse().slice(0, MOST_PLACES)) {
    const read = objectAt(end, start);
    if (read !== undefined) return read;
  }
  return { kind: 'missing' };
}

/** An object that begins here and ends at one of the next braces: a hypothesis may hold some. */
function objectAt(text: string, start: number): Statement | undefined {
  let end = start;
  for (let tries = 0; tries < MOST_PLACES; tries++) {
    end = text.indexOf('}', end + 1);
    if (end === -1) return undefined;
    const parsed = statement.safeParse(jsonOf(text.slice(start, end + 1)));
    if (!parsed.success) continue;
    const { hypothesis, category, expected_gain: gain } = parsed.data;
    if (hypothesis === null) return { kind: 'no-idea' };
    if (hypothesis === '') return undefined;
    return {
      kind: 'stated',
      hypothesis,
      category,
      ...(typeof gain === 'number' && Number.isFinite(gain) ? { expectedGain: gain } : {}),
    };
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

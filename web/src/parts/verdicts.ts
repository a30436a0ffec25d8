import type { ExperimentRow } from '../../../src/serve/page/wire.ts';

export type Word = ExperimentRow['verdict'];

/** How a verdict looks: the symbol tells it apart where colours do not. */
export const LOOK: Readonly<Record<Word, { readonly symbol: string; readonly tone: string }>> = {
  keep: { symbol: '✓', tone: 'good' },
  discard: { symbol: '·', tone: 'quiet' },
  crash: { symbol: '✕', tone: 'bad' },
  timeout: { symbol: '»', tone: 'warn' },
  invalid: { symbol: '!', tone: 'bad' },
  inconclusive: { symbol: '?', tone: 'warn' },
  'set-aside': { symbol: '–', tone: 'quiet' },
  proposed: { symbol: '○', tone: 'quiet' },
  running: { symbol: '◐', tone: 'accent' },
  waiting: { symbol: '○', tone: 'quiet' },
};

export const WORDS = Object.keys(LOOK) as Word[];

/** Whether an experiment ended without a score of its own. */
export function isFailure(word: Word): boolean {
  return word === 'crash' || word === 'timeout' || word === 'invalid';
}

/** `keep, certified`, and the bare word where there is no more to say. */
export function verdictText({ verdict, keep }: Pick<ExperimentRow, 'verdict' | 'keep'>): string {
  return keep === null || keep === 'as measured' ? verdict : `${verdict}, ${keep}`;
}

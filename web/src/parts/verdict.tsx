import type { ExperimentRow } from '../../../src/serve/page/wire.ts';
import { LOOK, verdictText } from './verdicts.ts';

/** An experiment's verdict, as a symbol and a word. */
export function Verdict({ row }: { readonly row: Pick<ExperimentRow, 'verdict' | 'keep'> }) {
  const { symbol, tone } = LOOK[row.verdict];
  const isLeft = row.keep === 'withdrawn';
  return (
    <span class={`verdict ${isLeft ? 'warn' : tone}`}>
      <span class={row.keep === 'certified' ? 'mark ringed' : 'mark'} aria-hidden="true">
        {isLeft ? '↩' : symbol}
      </span>
      {verdictText(row)}
    </span>
  );
}

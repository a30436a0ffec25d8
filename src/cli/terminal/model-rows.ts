import { counted, formatRoughly } from '../../lab/numbers.ts';
import { formatDollars } from '../../lab/units.ts';
import type { Spending } from '../../model/spending.ts';
import type { StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';

type Fact = readonly [title: string, text: string];

/** What models were paid, and which of them could not think when they were last asked; nothing where none was asked. */
export function modelFacts({ spending, failing }: StudyState, now: number): Fact[] {
  const paid = [...spending].map(([name, spent]): Fact => ['model', `${oneLine(name)}: ${spentText(spent)}`]);
  const failed = [...failing].map(([name, { reason, at }]): Fact => {
    const since = formatRoughly(Math.max(0, now - at) / 1000);
    return [
      'no thought',
      `${oneLine(name)}, ${since} ago: ${oneLine(reason)}; search thinks meanwhile, and it is asked again`,
    ];
  });
  return [...paid, ...failed];
}

function spentText({ calls, inputTokens, outputTokens, dollars, callsWithoutPrice }: Spending): string {
  const tokens = `${counted(calls, 'call')}, ${short(inputTokens)} tokens in, ${short(outputTokens)} out`;
  if (callsWithoutPrice === calls) return `${tokens}; no price known`;
  return `${tokens}, ${formatDollars(dollars)}${callsWithoutPrice > 0 ? ` for those with a price` : ''}`;
}

/** `950`, `34k`, `1.2M`. */
function short(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1e6).toFixed(1)}M`;
}

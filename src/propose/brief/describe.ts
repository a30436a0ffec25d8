import { readEdits } from '../../model/edit.ts';
import type { Proposal } from '../../model/proposal.ts';
import { oneDigit } from '../../model/told.ts';
import { oneLine } from './data.ts';

/** Up to the reason that the built-in researcher gives, which rests on figures that a brief does not tell. */
const BEFORE_REASON = /^((?:`[^`]*`|[^`:]|:(?! ))+): /;
const GAINS =
  /\b((?:gain(?:s|ed)?|lost|loses?|better|worse|give or take)(?: by)?(?: about)?) (\d+(?:\.\d+)?(?:e[-+]?\d+)?)/g;

/** What a proposal changes, in the words of whoever made it; gains that it speaks of have one digit. */
export function describe({ hypothesis, edit, origin }: Proposal, most: number): string {
  if (origin.kind === 'merge') return `carries #${origin.of} over to a champion that had moved on`;
  const isOfSearch = readEdits(edit) !== undefined;
  const text = (isOfSearch && BEFORE_REASON.exec(hypothesis)?.[1]) || hypothesis;
  return oneLine(
    text.replace(GAINS, (_, words: string, value: string) => `${words} ${oneDigit(Number(value))}`),
    most,
  );
}

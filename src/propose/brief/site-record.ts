import type { Edit } from '../../model/edit.ts';
import { familyOfSite, siteName } from '../../model/edit.ts';
import type { Effect } from '../../model/effect.ts';
import { oneDigit } from '../../model/told.ts';
import { oneLine } from './data.ts';

/** Values that are named one by one; of more numbers the ends are. */
const MOST_VALUES = 6;
const LONGEST_VALUE = 60;

/** What became of one value of a site that was moved alone. */
export interface Attempt {
  readonly edit: Edit;
  readonly effect: Effect;
}

const WITH_VALUES = new Set(['number', 'inner-number', 'alternatives', 'switch', 'inner-switch', 'kin']);

/** Whether the values of a site say what was tried; of removals and what stands twice only the hypothesis does. */
export function hasValues({ site, from }: Edit): boolean {
  return from !== undefined && WITH_VALUES.has(familyOfSite(site) ?? '');
}

/** A site's name as a brief may hold it. */
export function siteText(site: string, withPath: boolean): string {
  return oneLine(siteName(site, withPath), 120);
}

/** `0.15 worse by about 0.06; 0.4 to 0.9 (12 values) no difference`: every value of one site, by what became of it. */
export function recordText(attempts: readonly Attempt[]): string {
  const byKind = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const { effect } = attempt;
    const kind = effect.kind === 'broken' ? effect.word : effect.kind;
    byKind.set(kind, [...(byKind.get(kind) ?? []), attempt]);
  }
  return [...byKind.entries()]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind, alike]) => `${valuesText(alike)} ${kind}${amountText(alike)}`)
    .join('; ');
}

function valuesText(attempts: readonly Attempt[]): string {
  const values = [...new Set(attempts.map(({ edit }) => edit.value))];
  const numbers = values.map(Number);
  const areNumbers = numbers.every(Number.isFinite);
  const sorted = areNumbers ? values.toSorted((a, b) => Number(a) - Number(b)) : values;
  if (sorted.length <= MOST_VALUES) return sorted.map((value) => oneLine(value, LONGEST_VALUE)).join(', ');
  if (areNumbers) return `${sorted[0]} to ${sorted.at(-1)} (${sorted.length} values)`;
  const named = sorted.slice(0, MOST_VALUES).map((value) => oneLine(value, LONGEST_VALUE));
  return `${named.join(', ')} and ${sorted.length - named.length} more`;
}

/** ` by about 0.02`, ` by about 0.02 to 0.3`. */
function amountText(attempts: readonly Attempt[]): string {
  const sizes = attempts.flatMap(({ effect }) => ('gain' in effect ? Math.abs(effect.gain) : []));
  if (sizes.length === 0) return '';
  const least = oneDigit(sizes.reduce((a, b) => Math.min(a, b)));
  const most = oneDigit(sizes.reduce((a, b) => Math.max(a, b)));
  return ` by about ${least === most ? least : `${least} to ${most}`}`;
}

import type { Edit } from '../../model/edit.ts';
import type { Option, Site } from '../sites/site.ts';
import type { Attempt } from './history.ts';
import { writeNumber } from './scale.ts';

/** Why a move is worth a trial now: what the ledger showed. */
export type Basis =
  | { readonly kind: 'untried' }
  /** Other values of the site were judged; `best` came nearest to a keep. */
  | { readonly kind: 'others-tried'; readonly count: number; readonly best: Attempt | undefined }
  /** It lost on an earlier champion, before so many changes were kept. */
  | { readonly kind: 'returns'; readonly failed: Attempt; readonly keeps: number }
  /** The last step in this direction was kept. */
  | { readonly kind: 'momentum'; readonly kept: Attempt; readonly gain: number }
  /** A step the other way failed. */
  | { readonly kind: 'other-side'; readonly failed: Attempt }
  /** A longer step the same way failed. */
  | { readonly kind: 'shorter-step'; readonly failed: Attempt };

/** A site and a value that it could take. */
export interface Move {
  readonly site: Site;
  readonly value: string;
  /** What is written in the site's place. */
  readonly text: string;
  readonly basis: Basis;
  /** How much it deserves the next trial, above 0; only ratios count. */
  readonly weight: number;
}

export function editOf({ site, value }: Pick<Move, 'site' | 'value'>): Edit {
  return 'value' in site ? { site: site.id, value, from: String(site.value) } : { site: site.id, value };
}

export function optionMove(site: Site, option: Option, basis: Basis, weight: number): Move {
  return { site, value: option.value, text: option.text, basis, weight };
}

/** The move that writes this value to a site; undefined where it stands there already, or the site does not offer it. */
export function moveTo(site: Site, value: string): Move | undefined {
  const base = { site, value, basis: { kind: 'untried' }, weight: 1 } as const;
  if (site.kind === 'number') {
    const number = Number(value);
    return number === site.value ? undefined : { ...base, text: writeNumber(site, number) };
  }
  const option = site.options.find((candidate) => candidate.value === value);
  return option && { ...base, text: option.text };
}

/** Whether two moves would write over each other. */
export function overlaps(a: Site, b: Site): boolean {
  return a.path === b.path && a.start < b.end && b.start < a.end;
}

/** The text of a file with all moves made; they must not overlap. */
export function applyMoves(text: string, moves: readonly Move[]): string {
  let result = text;
  for (const { site, text: written } of [...moves].sort((a, b) => b.site.start - a.site.start)) {
    result = result.slice(0, site.start) + written + result.slice(site.end);
  }
  return result;
}

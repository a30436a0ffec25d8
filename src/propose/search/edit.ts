import type { Family } from '../sites/site.ts';
import { METHODS, type Method } from './method.ts';

/** One value written to one site. */
export interface Edit {
  readonly site: string;
  readonly value: string;
  /** What stood there before; absent for a removal. */
  readonly from?: string;
}

/**
 * One line for the ledger, the same for the same edit whatever the order of its parts:
 * `train.ts#number:learningRate=0.002 was 0.001; train.ts#alternatives:activation=relu was gelu`.
 */
export function writeEdits(edits: readonly Edit[]): string {
  return edits
    .map(({ site, value, from }) => {
      const base = `${escaped(site)}=${escaped(value)}`;
      return from === undefined ? base : `${base} was ${escaped(from)}`;
    })
    .sort()
    .join('; ');
}

const BY = '; by ';

/** An edit with the method that thought of it, so that the ledger tells later which methods pay. */
export function signEdits(line: string, method: Method): string {
  return `${line}${BY}${method}`;
}

/** Which method thought of an edit. Lines without a signature are of the time when there was but one. */
export function methodOf(line: string): Method {
  const signature = line.split(BY)[1];
  return METHODS.find((method) => method === signature) ?? 'steps';
}

/** The edits of a line, or undefined where it is not one of `search`. */
export function readEdits(line: string): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const part of line.split(BY)[0]!.split('; ')) {
    const match = /^([^=\s]+)=([^=\s]*)(?: was ([^=\s]*))?$/.exec(part);
    if (match === null) return undefined;
    const [, site, value, from] = match;
    const base = { site: unescaped(site!), value: unescaped(value!) };
    if (familyOfSite(base.site) === undefined) return undefined;
    edits.push(from === undefined ? base : { ...base, from: unescaped(from) });
  }
  return edits;
}

/** What tells one edit from another: what stood there before does not. */
export function editKey(edits: readonly Edit[]): string {
  return writeEdits(edits.map(({ site, value }) => ({ site, value })));
}

const FAMILY = /#(alternatives|switch|inner-switch|number|inner-number|statement|term|kin|duplicate):/;

export function familyOfSite(site: string): Family | undefined {
  return FAMILY.exec(site)?.[1] as Family | undefined;
}

function escaped(text: string): string {
  return text.replace(/[%=;\s]/g, (character) => encodeURIComponent(character));
}

function unescaped(text: string): string {
  return text.replace(/(?:%[0-9A-F]{2})+/g, (code) => {
    try {
      return decodeURIComponent(code);
    } catch {
      return code;
    }
  });
}

import type { NumberRange, Site } from './site.ts';

/**
 * What a comment that starts with `ratchet:` says of the values on its line, or, where it has a line of its own, of
 * those on the next line: `ratchet: 1e-5..1e-1 log`, `ratchet: fixed`, `ratchet: gelu | relu | silu`.
 */
export type Directive =
  | { readonly kind: 'range'; readonly range: NumberRange }
  /** Nothing that begins on the line may move. */
  | { readonly kind: 'fixed' }
  /** Words, quoted or bare, or numbers; as they are written, the present one among them. */
  | { readonly kind: 'alternatives'; readonly literals: readonly string[] };

/** A comment that starts with `ratchet:` and does nothing, for its author to mend. */
export interface CommentFault {
  /** From 1. */
  readonly line: number;
  readonly comment: string;
  readonly problem: string;
}

/** Indices into the text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Placed {
  readonly comment: Span;
  readonly directive: Directive;
}

export interface Directives {
  /** By the index at which the line begins that they speak of. */
  readonly lines: ReadonlyMap<number, Placed>;
  /** All comments that start with `ratchet:`, readable or not. */
  readonly comments: readonly Span[];
  readonly faults: readonly CommentFault[];
}

const NONE: Directives = { lines: new Map(), comments: [], faults: [] };
const MARK = 'ratchet:';
const OPENING = /^[/#*;!\s]+/;
const CLOSING = /\s*\**\*\/$|\s+$/;

export function directivesOf(text: string, comments: readonly Span[]): Directives {
  if (!text.includes(MARK)) return NONE;
  const beside = new Map<number, Placed>();
  const above = new Map<number, Placed>();
  const faults: CommentFault[] = [];
  const marked: Span[] = [];
  for (const comment of comments) {
    const said = text.slice(comment.start, comment.end).replace(OPENING, '').replace(CLOSING, '');
    if (!said.startsWith(MARK)) continue;
    marked.push(comment);
    const directive = readDirective(said.slice(MARK.length).trim());
    if ('problem' in directive) {
      faults.push(faultOf(text, comment, directive.problem));
      continue;
    }
    const line = lineStart(text, comment.start);
    const newline = text.indexOf('\n', comment.end);
    const lineEnd = newline === -1 ? text.length : newline;
    const isAlone = (text.slice(line, comment.start) + text.slice(comment.end, lineEnd)).trim() === '';
    if (isAlone) above.set(lineEnd + 1, { comment, directive });
    else beside.set(line, { comment, directive });
  }
  // What stands beside a value speaks of it more nearly than what stands above.
  return { lines: new Map([...above, ...beside]), comments: marked, faults };
}

const NUMBER = String.raw`-?(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?`;
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*\.\.\s*(${NUMBER})(?:\s+(log|linear))?$`);
const ALTERNATIVE = /^(?:'[^'\n]*'|"[^"\n]*"|[^\s|'"]+)$/;

function readDirective(said: string): Directive | { readonly problem: string } {
  if (said === 'fixed') return { kind: 'fixed' };
  const range = RANGE.exec(said);
  if (range !== null) {
    const [low, high] = [range[1]!, range[2]!].map((text) => Number(text.replaceAll('_', '')));
    const scale = range[3] === 'log' ? 'log' : 'linear';
    if (low! >= high!) return { problem: 'its low end is not below its high end' };
    if (scale === 'log' && low! <= 0) return { problem: 'a logarithmic range lies above 0' };
    return { kind: 'range', range: { low: low!, high: high!, scale } };
  }
  const literals = said.split('|').map((part) => part.trim());
  return literals.length > 1 && literals.every((literal) => ALTERNATIVE.test(literal))
    ? { kind: 'alternatives', literals }
    : { problem: 'it is none of `LOW..HIGH`, `LOW..HIGH log`, `fixed` and `ONE | OTHER`' };
}

/** The alternatives that are said of what stands at an index. */
export function alternativesAt(
  { lines }: Directives,
  text: string,
  index: number,
): readonly string[] | undefined {
  const directive = lines.get(lineStart(text, index))?.directive;
  return directive?.kind === 'alternatives' ? directive.literals : undefined;
}

/** Whether any directive speaks of the line of an index. */
export function isSpokenOf({ lines }: Directives, text: string, index: number): boolean {
  return lines.has(lineStart(text, index));
}

/** The sites that are left, with the ranges that were said, and what was said in vain. */
export function obey(
  { lines, faults }: Directives,
  text: string,
  sites: readonly Site[],
): { readonly sites: readonly Site[]; readonly faults: readonly CommentFault[] } {
  if (lines.size === 0) return { sites, faults };
  const replaced = new Map<Site, Site | undefined>();
  const inVain: CommentFault[] = [];
  const byLine = Map.groupBy(sites, (site) => lineStart(text, site.start));
  for (const [line, { comment, directive }] of lines) {
    const here = byLine.get(line) ?? [];
    switch (directive.kind) {
      case 'fixed':
        for (const site of here) replaced.set(site, undefined);
        break;
      case 'range': {
        const numbers = here.filter((site) => site.kind === 'number');
        const named = numbers.filter(({ family }) => family === 'number');
        for (const site of named.length > 0 ? named : numbers)
          replaced.set(site, { ...site, range: directive.range });
        if (numbers.length === 0) inVain.push(faultOf(text, comment, 'no number that can move stands there'));
        break;
      }
      case 'alternatives':
        if (here.every(({ family }) => family !== 'alternatives'))
          inVain.push(faultOf(text, comment, 'none of these values stands there'));
        break;
      default:
        directive satisfies never;
    }
  }
  return {
    sites: sites.flatMap((site) => (replaced.has(site) ? (replaced.get(site) ?? []) : [site])),
    faults: [...faults, ...inVain].sort((a, b) => a.line - b.line),
  };
}

function lineStart(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
}

function faultOf(text: string, comment: Span, problem: string): CommentFault {
  return {
    line: text.slice(0, comment.start).split('\n').length,
    comment: text.slice(comment.start, comment.end).trim(),
    problem,
  };
}

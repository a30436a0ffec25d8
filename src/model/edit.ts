/** Sites that behave alike, so that what one of them shows (it crashes, it pays) is told of the others. */
export type Family =
  | 'alternatives'
  | 'switch'
  | 'inner-switch'
  | 'number'
  | 'inner-number'
  | 'statement'
  | 'term'
  /** A called function or class and what people put in its place: relu and gelu. */
  | 'kin'
  /** How often a statement stands: once, or twice. */
  | 'duplicate';

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

/** What follows the edits of a line is who thought of them. */
export const SIGNED = '; by ';

/** The edits of a line, or undefined where it is not one of `search`. */
export function readEdits(line: string): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const part of line.split(SIGNED)[0]!.split('; ')) {
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

/** `learningRate`, `a number in relax`: a site for people, with its file where there are several. Of a lab's own making. */
export function siteName(site: string, withPath: boolean): string {
  const [path, rest = ''] = splitOnce(site, '#');
  const [family, name = ''] = splitOnce(rest, ':');
  // Sites without a name of their own are told apart by a hash, which says nothing to a reader.
  const plain = name.replace(/:[0-9a-f]{8}(?:~\d+)?$/, '');
  const what = family.endsWith('number') ? 'a number in' : 'a choice in';
  return `${withPath ? `${path} ` : ''}${plain === name ? plain : `${what} ${plain}`}`;
}

function splitOnce(text: string, at: string): [string, string?] {
  const place = text.indexOf(at);
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place + at.length)];
}

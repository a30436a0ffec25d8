import { BOUNDS } from '../model/bound.ts';
import type { LineSource } from '../model/executor.ts';
import type { SealedScores } from '../model/holdout.ts';
import { MetricReader } from './metric-reader.ts';
import { parseRefusal } from './refusal.ts';

/** Documents that one evaluation may tell of. */
const MOST_DOCUMENTS = 100_000;
/** Before a line is parsed: only one with this in it can be a document's. */
const MENTION = '"document"';

export type SealedOutcome =
  | { readonly kind: 'scored'; readonly scores: SealedScores }
  /** `reason` holds nothing of what was printed. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Reads what a sealed evaluation tells: the objective like `evaluate`, or `{"document":"NAME","value":X}` lines, or both. */
export interface SealedReading {
  line(source: LineSource, text: string): void;
  outcome(): SealedOutcome;
}

/** @param objective the metric's name */
export function openSealedReading(objective: string): SealedReading {
  const reader = new MetricReader(objective);
  const documents = new Map<string, number>();
  let problem: string | undefined;

  function tell(document: DocumentLine): void {
    if (document.kind === 'malformed') problem ??= document.reason;
    else if (documents.has(document.name)) problem ??= 'a document was scored twice';
    else if (documents.size === MOST_DOCUMENTS)
      problem ??= `more than ${MOST_DOCUMENTS} documents were scored`;
    else documents.set(document.name, document.value);
  }

  return {
    line(source, text) {
      if (source === 'metrics' && parseRefusal(text) !== undefined) problem ??= 'it refused the artifact';
      const document = source === 'metrics' ? parseDocument(text) : undefined;
      if (document) tell(document);
      else reader.line(source, text);
    },
    outcome() {
      if (problem !== undefined) return { kind: 'unclear', reason: problem };
      const { reading } = reader;
      switch (reading.kind) {
        case 'measured':
          return { kind: 'scored', scores: { value: reading.value, documents } };
        case 'missing':
          if (documents.size > 0) return { kind: 'scored', scores: { documents } };
          return { kind: 'unclear', reason: `neither ${objective} nor the score of a document was printed` };
        case 'invalid':
          // Its reason quotes what was printed.
          return { kind: 'unclear', reason: `${objective} was not printed once, as a finite number` };
        default:
          return reading satisfies never;
      }
    },
  };
}

type DocumentLine =
  | { readonly kind: 'document'; readonly name: string; readonly value: number }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Undefined for a line that is about something else. */
function parseDocument(text: string): DocumentLine | undefined {
  if (!text.includes(MENTION)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('document' in parsed)) return undefined;
  const { document, value } = parsed as { document: unknown; value?: unknown };
  if (typeof document !== 'string' || document === '' || document.length > BOUNDS.path)
    return { kind: 'malformed', reason: `a document has no name of 1 to ${BOUNDS.path} characters` };
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { kind: 'malformed', reason: 'the score of a document is not a finite number' };
  return { kind: 'document', name: document, value };
}

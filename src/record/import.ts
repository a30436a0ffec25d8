import { BOUNDS, shorten } from '../model/bound.ts';
import type { EventOf, ReportedExperiment } from '../model/event.ts';
import { digestOf } from './entry.ts';

/** The largest file that is read, in bytes. */
const MOST_BYTES = 2 ** 24;

/** Problems that are listed; a file with more of them is no history. */
const MOST_PROBLEMS = 20;

/** No metric is further from zero than this: such a number is a mistake. */
const LARGEST_VALUE = 1e15;

const COLUMNS = 'commit, the metric, memory_gb, status, description';

export interface LineProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

export type Import =
  /** `metric` is what the second column is called. */
  | { readonly kind: 'history'; readonly metric: string; readonly event: EventOf<'history-import'> }
  /** At most 20 problems; nothing of the file is used. */
  | { readonly kind: 'refused'; readonly problems: readonly LineProblem[] };

type Row = { readonly experiment: ReportedExperiment } | { readonly problem: string };

/** Reads a `results.tsv` as karpathy/autoresearch writes it. `file` is its name, for the record. */
export function importTsv(file: string, bytes: Uint8Array): Import {
  if (bytes.length > MOST_BYTES) return refused([{ line: 1, problem: `larger than ${MOST_BYTES} bytes` }]);
  const text = new TextDecoder('utf-8').decode(bytes);
  const [header = '', ...lines] = text.split(/\r?\n/);
  const metric = metricOf(header);
  if (metric === undefined)
    return refused([{ line: 1, problem: `the header must be five columns split by tabs: ${COLUMNS}` }]);
  const rows: ReportedExperiment[] = [];
  const problems: LineProblem[] = [];
  lines.forEach((line, index) => {
    if (line === '') return;
    const row = readRow(line);
    if ('experiment' in row) rows.push(row.experiment);
    else problems.push({ line: index + 2, problem: row.problem });
  });
  if (rows.length > BOUNDS.rows)
    problems.push({ line: BOUNDS.rows + 2, problem: `more than ${BOUNDS.rows} rows` });
  if (problems.length > 0) return refused(problems.slice(0, MOST_PROBLEMS));
  const name = shorten(file, BOUNDS.path);
  return {
    kind: 'history',
    metric,
    event: { kind: 'history-import', file: name, digest: digestOf(bytes), rows },
  };
}

function refused(problems: readonly LineProblem[]): Import {
  return { kind: 'refused', problems };
}

function metricOf(header: string): string | undefined {
  const [commit, metric, ...others] = header.split('\t');
  return commit === 'commit' && others.join() === 'memory_gb,status,description' && metric !== ''
    ? metric
    : undefined;
}

function readRow(line: string): Row {
  const fields = line.split('\t');
  const [commit = '', metric = '', memory = '', verdict = '', text = ''] = fields;
  if (fields.length !== 5) return { problem: `${fields.length} columns, not five: ${COLUMNS}` };
  if (commit === '' || commit.length > BOUNDS.name)
    return { problem: `the commit must have 1 to ${BOUNDS.name} characters` };
  const description = shorten(text, BOUNDS.description);
  if (verdict === 'crash') return { experiment: { commit, verdict, description } };
  if (verdict !== 'keep' && verdict !== 'discard')
    return { problem: `the status is ${JSON.stringify(shorten(verdict, 40))}, not keep, discard or crash` };
  const value = numberOf(metric);
  if (value === undefined)
    return { problem: `the metric is ${JSON.stringify(shorten(metric, 40))}, not a plausible number` };
  if (numberOf(memory) === undefined)
    return { problem: `memory_gb is ${JSON.stringify(shorten(memory, 40))}, not a plausible number` };
  return { experiment: { commit, value, verdict, description } };
}

/** A decimal number as people and programs write it; undefined for anything else, NaN and infinity included. */
function numberOf(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= LARGEST_VALUE ? value : undefined;
}

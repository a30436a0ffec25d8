import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId, TrialId } from '../model/identity.ts';
import type { Outcome } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import { digestOf } from './entry.ts';
import { exportTsv } from './export.ts';
import {
  chained,
  commitOf,
  ENGINE,
  histories,
  keep,
  proposalAdd,
  START,
  trialEnd,
  trialSubmit,
} from './fixtures/history.ts';
import { importTsv } from './import.ts';
import { replay } from './replay.ts';
import { eventV1 } from './schema.ts';

const REPORTED = new URL('../../../shared/data/autoresearch-h100-mar8-results.tsv', import.meta.url);
const HEADER = 'commit\tval_bpb\tmemory_gb\tstatus\tdescription';

const importText = (text: string) => importTsv('results.tsv', Buffer.from(text));
const problemsOf = (text: string) => {
  const result = importText(text);
  return result.kind === 'refused' ? result.problems : [];
};

describe('export', () => {
  const completed = (value: number): Outcome => ({
    kind: 'completed',
    measurement: { value, source: 'evaluated' },
    others: {},
  });
  const judged = (id: number, hypothesis: string, outcome: Outcome, verdict: Verdict): StudyEvent[] => {
    const commit = `${id}bcdef0${'1'.repeat(33)}` as Commit;
    return [
      proposalAdd(id, { hypothesis, commit }),
      trialSubmit(id + 1, commit),
      trialEnd(id + 1, outcome),
      { kind: 'verdict', experiment: id as ExperimentId, verdict },
    ];
  };
  const baseline = [START, ENGINE, { ...trialSubmit(1, commitOf(0)), purpose: 'champion' as const }];

  test('has the shape of karpathy/autoresearch: short commits, six decimals, memory, crashes without number', () => {
    const trial = (id: number) => id as TrialId;
    const events = [
      ...judged(1, 'halve\tbatch\nto 262K', completed(0.98604149), keep([2], 0.98604149)),
      ...judged(
        2,
        'batch 131K',
        { kind: 'crash', stage: 'run', how: 'assert' },
        { kind: 'crash', reason: 'assert fail', evidence: { trial: trial(3), stage: 'run' } },
      ),
      ...judged(3, 'add 5% warmup', completed(1), { ...keep([4], 0.998), kind: 'discard' } as Verdict),
      ...judged(
        4,
        'rate 1e9',
        { kind: 'invalid', reason: 'NaN' },
        { kind: 'invalid', reason: 'val_bpb is NaN', evidence: { trial: trial(5) } },
      ),
    ];
    const state = replay(chained([...baseline, trialEnd(1, completed(0.9979)), ...events]));
    expect(exportTsv(state).split('\n')).toEqual([
      HEADER,
      '0000000\t0.997900\t0.4\tkeep\tbaseline',
      '1bcdef0\t0.986041\t0.4\tkeep\thalve batch to 262K',
      '2bcdef0\t0.000000\t0.0\tcrash\tbatch 131K (assert fail)',
      '3bcdef0\t0.998000\t0.4\tdiscard\tadd 5% warmup',
      '4bcdef0\t0.000000\t0.0\tcrash\trate 1e9 (val_bpb is NaN)',
      '',
    ]);
  });

  test('shows neither what has no verdict, nor a baseline without measurement', () => {
    expect(exportTsv(replay(chained([...baseline, proposalAdd(1)])))).toBe(`${HEADER}\n`);
  });

  test('what a study exported is a history that imports, row for row', () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const state = replay(entries);
        const text = exportTsv(state);
        const result = importText(text);
        if (result.kind !== 'history') throw new Error(JSON.stringify(result));
        expect(result.event.rows).toHaveLength(text.split('\n').length - 2);
        const keeps = [...state.experiments.values()].flatMap((e) =>
          e.status === 'judged' && e.verdict.kind === 'keep' ? [e.verdict.evidence.candidate] : [],
        );
        const values = result.event.rows.filter(
          (row) => row.verdict === 'keep' && row.description !== 'baseline',
        );
        expect(values.map((row) => row.value)).toEqual(keeps.map((value) => Number(value.toFixed(6))));
      }),
    );
  });

  test('a number below a thousandth keeps its digits', () => {
    const state = replay(
      chained([
        ...baseline,
        trialEnd(1, completed(0.0000123456789)),
        ...judged(1, 'x', completed(-0.0005), keep([2], -0.0005)),
      ]),
    );
    expect(exportTsv(state)).toContain('\t0.0000123457\t');
    expect(exportTsv(state)).toContain('\t-0.000500000\t');
  });
});

describe('import', () => {
  test('any history comes back from its file', () => {
    const text = fc.string({ maxLength: 200 }).map((t) => t.replaceAll(/[\t\r\n]/g, ' '));
    const row = fc.record({
      commit: fc.stringMatching(/^[0-9a-f]{7}$/),
      description: text,
      measured: fc.oneof(
        fc.record({
          verdict: fc.constantFrom('keep', 'discard'),
          value: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        }),
        fc.constant({ verdict: 'crash' }),
      ),
    });
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const lines = rows.map(({ commit, description, measured }) => {
          const value = 'value' in measured ? String(measured.value) : '0.000000';
          return [commit, value, '44.0', measured.verdict, description].join('\t');
        });
        const result = importText([HEADER, ...lines, ''].join(end));
        if (result.kind !== 'history') throw new Error(JSON.stringify(result));
        expect(result.metric).toBe('val_bpb');
        expect(result.event.rows).toEqual(
          rows.map(({ commit, description, measured }) => ({
            commit,
            description,
            verdict: measured.verdict,
            // The file says "-0" as "0".
            ...('value' in measured && { value: measured.value + 0 }),
          })),
        );
        expect(eventV1.safeParse(result.event).success).toBe(true);
      }),
    );
  });

  test('a crash has no number, whatever stands in its column', () => {
    const result = importText(`${HEADER}\na\t0.000000\t0.0\tcrash\tx\nb\tnan\t\tcrash\ty\n`);
    expect(result).toMatchObject({
      kind: 'history',
      event: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    if (result.kind === 'history')
      expect(result.event.rows).toEqual([
        { commit: 'a', verdict: 'crash', description: 'x' },
        { commit: 'b', verdict: 'crash', description: 'y' },
      ]);
  });

  test.each([
    'nan',
    'NaN',
    'inf',
    '-Infinity',
    '',
    ' 1',
    '1,5',
    '0x10',
    '1e16',
    '1e999',
    '1_000',
    '--1',
  ])('the metric %j is refused', (metric) => {
    expect(problemsOf(`${HEADER}\na\t1\t1\tkeep\tx\na\t${metric}\t1\tkeep\tx\n`)).toEqual([
      { line: 3, problem: `the metric is ${JSON.stringify(metric)}, not a plausible number` },
    ]);
  });

  test('every bad line is named, and nothing of the file is used', () => {
    const rows = [
      'a\t1\t1\tkeep\tfine',
      'a\t1\t1\tkeep',
      'a\t1\t1\tmaybe\tx',
      '\t1\t1\tkeep\tx',
      'a\t1\tmuch\tkeep\tx',
      'a\t1\t1\tkeep\tx\ty',
    ];
    expect(problemsOf([HEADER, ...rows].join('\n'))).toEqual([
      { line: 3, problem: expect.stringContaining('4 columns, not five') },
      { line: 4, problem: 'the status is "maybe", not keep, discard or crash' },
      { line: 5, problem: 'the commit must have 1 to 200 characters' },
      { line: 6, problem: 'memory_gb is "much", not a plausible number' },
      { line: 7, problem: expect.stringContaining('6 columns, not five') },
    ]);
    expect(problemsOf(`${HEADER}\n${'bad\n'.repeat(500)}`)).toHaveLength(20);
  });

  test.each([
    '',
    'hello',
    'commit\tval_bpb\tstatus',
    '\u0000\u0001',
    'commit\t\tmemory_gb\tstatus\tdescription',
  ])('a file that begins with %j is no history', (text) => {
    expect(problemsOf(text)).toEqual([{ line: 1, problem: expect.stringContaining('header') }]);
  });

  test('a file too large, or of too many rows, is refused', () => {
    const row = 'a\t1\t1\tkeep\tx\n';
    expect(importText(`${HEADER}\n${row.repeat(10_000)}`).kind).toBe('history');
    expect(importText(`${HEADER}\n${row.repeat(10_001)}`).kind).toBe('refused');
    expect(importTsv('x', Buffer.alloc(2 ** 24 + 1, 10)).kind).toBe('refused');
  });

  test('the night that autoresearch reported reads whole', ({ skip }) => {
    if (!existsSync(REPORTED)) return skip('the reported results are not beside the checkout');
    const bytes = readFileSync(REPORTED);
    const result = importTsv('autoresearch-h100-mar8-results.tsv', bytes);
    if (result.kind !== 'history') throw new Error(JSON.stringify(result));
    const { rows } = result.event;
    expect(result.metric).toBe('val_bpb');
    expect(result.event.digest).toBe(digestOf(bytes));
    expect(rows).toHaveLength(126);
    expect(rows[0]).toEqual({ commit: 'baseline', value: 0.9979, verdict: 'keep', description: 'baseline' });
    expect(rows.filter(({ verdict }) => verdict === 'crash').every((row) => row.value === undefined)).toBe(
      true,
    );
    expect(rows.filter(({ verdict }) => verdict === 'crash')).toHaveLength(1);
    expect(rows.filter(({ verdict }) => verdict === 'keep').length).toBeGreaterThan(1);
    const values = rows.flatMap(({ value }) => value ?? []);
    expect(Math.min(...values)).toBeGreaterThan(0.9);
  });
});

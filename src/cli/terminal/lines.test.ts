import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../model/event.ts';
import { linesOf as linesIn } from '../../record/copy.ts';
import { decodeEntry } from '../../record/entry.ts';
import { replay } from '../../record/replay.ts';
import { entriesOf, sampleEvents } from '../fixtures/sample-study.ts';
import { eventLine } from './lines.ts';

/** The lines of a whole study, each with the state as it was right after its event. */
function linesOf(entries: readonly LedgerEntry[]): string[] {
  return entries.flatMap((entry, index) => eventLine(entry, replay(entries.slice(0, index + 1))) ?? []);
}

const hypothesis = (number: number) => `idea ${number} \u001b[31mred\u001b[0m\nand a second line`;
const entries = entriesOf(sampleEvents({ experiments: 30, hypothesis }));

test('a study in plain lines: one for its start, its baseline, each verdict and its end, none with an escape', () => {
  const lines = linesOf(entries);
  expect(lines).toHaveLength(3 + 30 + 1);
  for (const line of lines) {
    expect(line).toMatch(/^\d\d:\d\d:\d\d [a-z]+ +/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
  expect(lines[0]).toMatch(/study {3}20261121-220000-abcd: val_bpb in bits\/byte, smaller is better$/);
  expect(lines[2]).toMatch(/baseline val_bpb 2\.4013 bits\/byte$/);
  expect(lines.at(-1)).toMatch(/engine {2}stopped: asked$/);
});

test('a verdict line has the verdict, the number, the metric, the gain over the parent (positive is better) and the hypothesis', () => {
  const keep = linesOf(entries).find((line) => line.includes(' keep '));
  expect(keep).toMatch(
    /^\d\d:\d\d:\d\d keep {4}#\d+ val_bpb 2\.\d{4} \(gain \+0\.\d{4}\) idea \d+ red and a second line$/,
  );
});

describe('what a judge that knows luck says', () => {
  const file = readFileSync(new URL('../../record/fixtures/ledger-v1-judged.jsonl', import.meta.url));
  const lines = linesOf(
    [...linesIn(file)].flatMap((bytes) => {
      const decoded = decodeEntry(bytes);
      return decoded.kind === 'entry' ? decoded.entry : [];
    }),
  ).map((line) => line.slice('00:00:00 '.length));

  test('a stopped trial is no error: its line says how far it was, and what was expected of it', () => {
    expect(lines).toContain(
      'discard #2 by 25% of the budget: forecast worse by 0.013: idea 2: a “larger” step may be faster',
    );
    expect(lines.join('\n')).not.toMatch(/error|cancelled|crash/);
  });

  test('certificates, withdrawals, what cannot be taken out and answers have a line each', () => {
    expect(lines).toContain(
      'engine  at work with 2 slots on x64/Sample Processor/1 core, judge posterior, pid 4711',
    );
    expect(lines).toContain(
      'certify #1 certified: gain +0.1000 bits/byte (+0.0400 to +0.1600) on 12 fresh trials',
    );
    expect(lines).toContain(
      'certify the champion against 000000000000 certified: gain +0.1000 bits/byte (+0.0400 to +0.1600) on 12 fresh trials',
    );
    expect(lines).toContain(
      'withdraw #2 leaves the champion, which has 1 kept change: no better than without it',
    );
    expect(lines).toContain(
      'withdraw #1 cannot be taken out of the champion alone, since others build on it: labs/größe/train.ts',
    );
    expect(lines).toContain('holdout 000000000000: pass');
  });
});

test('a score that the candidate reports is marked in every line that has one', () => {
  const lines = linesOf(entriesOf(sampleEvents({ experiments: 8, source: 'candidate-reported' })));
  const scored = lines.filter((line) => line.includes('val_bpb 2.'));
  expect(scored.length).toBeGreaterThan(4);
  for (const line of scored) expect(line).toContain('candidate-reported');
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { StudyState } from '../../model/study.ts';
import { budgetOf, usedByStudy } from '../../record/findings/budget.ts';
import { BITS, type Sample, sampleState } from '../fixtures/sample-study.ts';
import { renderFrame } from './frame.ts';
import { renderSummary } from './summary.ts';
import type { LiveView, SlotView } from './view.ts';

const ESCAPE = '\u001b';

function viewOf(state: StudyState, slots: readonly SlotView[] = []): LiveView {
  const now = state.lastEventAt + 2_000;
  const limits = [{ kind: 'time', seconds: 28_800 } as const, { kind: 'experiments', count: 200 } as const];
  const budget = budgetOf(limits, usedByStudy(state, now));
  return { lab: 'labs/gpt', state, slots, budget, phase: 'running', seat: 'engine', now };
}

function busy(slot: number, hypothesis: string, share: number): SlotView {
  return {
    kind: 'busy',
    slot,
    purpose: 'candidate',
    experiment: 7 as never,
    hypothesis,
    stage: 'run',
    share,
    seconds: 2.44,
  };
}

/** What researchers might write, and what somebody might want a terminal to do. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({
    unit: fc.constantFrom(
      '漢',
      '🚀',
      '👩‍👩‍👧‍👦',
      'é',
      'a',
      ' ',
      '\n',
      '\t',
      `${ESCAPE}[2J`,
      `${ESCAPE}]0;x\u0007`,
      '\u009b31m',
      '\u202e',
      '🇩🇪',
      '☝🏽',
      'ﷺ',
    ),
    maxLength: 60,
  }),
);

const sizes = fc.record({ columns: fc.integer({ min: 1, max: 180 }), rows: fc.integer({ min: 0, max: 60 }) });

test('a frame is never wider or taller than the screen, whatever a hypothesis contains', () => {
  fc.assert(
    fc.property(
      sizes,
      fc.array(hostile, { minLength: 1, maxLength: 6 }),
      fc.nat(30),
      fc.nat(9),
      fc.double(),
      (size, texts, experiments, slots, share) => {
        const text = (index: number) => texts[index % texts.length] ?? '';
        const state = sampleState({
          experiments,
          hypothesis: text,
          objective: { ...BITS, name: text(1), unit: text(2) },
        });
        const view = viewOf(
          state,
          Array.from({ length: slots }, (_, slot) => busy(slot, text(slot), share)),
        );
        const lines = renderFrame({ ...view, lab: text(3) }, size, false);
        expect(lines.length).toBeLessThanOrEqual(size.rows);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('colours change nothing but colours', () => {
  const view = viewOf(sampleState({ experiments: 40, hypothesis: () => `${ESCAPE}[5mblink` }), [
    busy(0, 'x', 0.5),
  ]);
  for (const size of [
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
  ]) {
    const plain = renderFrame(view, size, false);
    const coloured = renderFrame(view, size, true);
    const withoutColours = coloured.map((line) =>
      line.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '').trimEnd(),
    );
    expect(withoutColours).toEqual(plain);
    expect(coloured.join('')).not.toContain(`${ESCAPE}[5m`);
  }
});

const REALISTIC: Sample = { experiments: 113, end: 'running' };

test.each([
  { columns: 80, rows: 23 },
  { columns: 120, rows: 39 },
  { columns: 50, rows: 11 },
])('at $columns x $rows everything that matters is on the screen, and the screen is full', (size) => {
  const lines = renderFrame(
    viewOf(sampleState(REALISTIC), [busy(0, 'try this', 0.47), busy(1, 'or this', 1)]),
    size,
    false,
  );
  const text = lines.join('\n');
  expect(lines).toHaveLength(size.rows);
  expect(text).toMatch(/val_bpb \d\.\d{4} bits\/byte/);
  expect(text).toMatch(/-0\.\d{4} \(-\d\.\d\d%\)/);
  expect(text).toMatch(/[\u2801-\u28ff]{4}/);
  expect(text).toMatch(/\d\.\d{4} ┤/);
  expect(text).toMatch(/0s .*12m/);
  expect(text).toMatch(/· discard +#11\d/);
  expect(text).toMatch(/━.* 47% run +2\.4s +#7 try this/);
  expect(text).toMatch(/━ +100% run/);
  expect(text).toMatch(/561( experiments)?\/h/);
  expect(text).toContain('87');
});

test('at the smallest size the champion, its gain, verdicts and slots still fit', () => {
  const text = renderFrame(
    viewOf(sampleState(REALISTIC), [busy(0, 'try this', 0.47)]),
    { columns: 40, rows: 9 },
    false,
  ).join('\n');
  for (const part of [/val_bpb 2\.\d{4}/, /-0\.\d{4}/, /✗ crash/, /47%/]) expect(text).toMatch(part);
});

test('before the first measurement a frame says that the baseline is being measured', () => {
  const state = sampleState({ experiments: 0 });
  const unmeasured = { ...state, ended: new Map(), trialsOf: new Map() };
  const slot: SlotView = {
    kind: 'busy',
    slot: 0,
    purpose: 'champion',
    what: 'the baseline',
    stage: 'run',
    share: 0.2,
    seconds: 1,
  };
  const text = renderFrame(
    viewOf(unmeasured, [slot, { kind: 'free', slot: 1 }]),
    { columns: 80, rows: 24 },
    false,
  ).join('\n');
  expect(text).toContain('measuring the baseline');
  expect(text).toContain('the baseline');
  expect(text).toMatch(/ 1 ─+ +free/);
});

test('slots that do not fit are counted', () => {
  const slots = Array.from({ length: 100 }, (_, slot) => busy(slot, 'x', 0.1));
  const text = renderFrame(viewOf(sampleState(REALISTIC), slots), { columns: 80, rows: 24 }, false).join(
    '\n',
  );
  const [, hidden] = /and (\d+) more slots/.exec(text) ?? [];
  expect(Number(hidden) + text.match(/10% run/g)!.length).toBe(100);
});

test('a score that the candidate reports is marked in the frame and in the summary', () => {
  const view = viewOf(sampleState({ ...REALISTIC, source: 'candidate-reported' }));
  expect(renderFrame(view, { columns: 80, rows: 24 }, false).join('\n')).toContain('candidate-reported');
  expect(renderSummary(view, { columns: Number.POSITIVE_INFINITY, colour: false }).join('\n')).toContain(
    'candidate-reported',
  );
});

test('at the engine the footer says what Ctrl-C ends, elsewhere that it leaves the view', () => {
  const view = viewOf(sampleState(REALISTIC));
  const footer = (of: LiveView) => renderFrame(of, { columns: 100, rows: 24 }, false).at(-1);
  expect(footer(view)).toMatch(/ Ctrl-C ends it$/);
  expect(footer({ ...view, phase: 'stopping' })).toMatch(/ Ctrl-C again stops now$/);
  for (const phase of ['running', 'paused', 'stopping', 'stopping-now'] as const)
    expect(footer({ ...view, phase, seat: 'elsewhere' })).toMatch(/ Ctrl-C leaves the view$/);
});

test('larger is better where the objective says so', () => {
  const state = sampleState({ experiments: 60, objective: { ...BITS, direction: 'maximize', name: 'sum' } });
  const text = renderFrame(viewOf(state), { columns: 100, rows: 30 }, false).join('\n');
  expect(text).toMatch(/sum \d\.\d{4} bits\/byte.*\+0\.\d{4} \(\+/);
});

test('the summary says what was measured, from where to where, on which branch, and how to go on', () => {
  const view = { ...viewOf(sampleState({ experiments: 113 })), phase: 'stopped' as const };
  const text = renderSummary(view, { columns: Number.POSITIVE_INFINITY, colour: false }).join('\n');
  expect(text).toContain('val_bpb in bits/byte, smaller is better');
  expect(text).toMatch(/113 in 12m\d+s, 5\d\d experiments\/h: 25 keep, \d+ discard/);
  expect(text).toMatch(/2\.4013 -> 2\.1756 bits\/byte \(-0\.2257, -9\.40%\)/);
  expect(text).toContain('branch ratchet/20261121-220000-abcd');
  expect(text).toContain('ratchet run labs/gpt');
});

import { describe, expect, it } from 'vitest';
import type { EventOf } from '../model/event.ts';
import type { ExperimentId } from '../model/identity.ts';
import type { Findings } from '../record/findings/findings.ts';
import { replay } from '../record/replay.ts';
import { findingsNow } from './findings.ts';
import {
  entriesOf,
  SAMPLE_START,
  type Sample,
  sampleEvents,
  sampleState,
  type Timed,
} from './fixtures/sample-study.ts';

const HOUR = 3_600_000;

function found(sample: Sample): Findings {
  return findingsNow(sampleState(sample), [{ kind: 'experiments', count: 100 }], SAMPLE_START + 8 * HOUR);
}

/** A night with the last event replaced by others. */
function foundAfter(more: (events: Timed[]) => Timed[]): Findings {
  const events = sampleEvents({ experiments: 40, end: 'running' });
  return findingsNow(replay(entriesOf([...events, ...more(events)])), [], SAMPLE_START + 8 * HOUR);
}

describe('the headline', () => {
  it('says in one sentence whether it got better, by how much, and from where to where', () => {
    const { headline } = found({ experiments: 40 });
    if (headline.kind !== 'champion') throw new Error(headline.kind);
    const { comparison, value, kept } = headline;
    expect(comparison).toMatchObject({ baseline: 2.4013, champion: value });
    expect(comparison!.gain).toBeCloseTo(2.4013 - value, 12);
    expect(headline.sentence).toBe(
      `Better: val_bpb went from 2.4013 to ${value.toFixed(4)} bits/byte (${comparison!.percent}) by ${kept} kept changes.`,
    );
    expect(comparison!.percent).toMatch(/^-\d+\.\d+%$/);
  });

  it('calls a larger value better where larger is better', () => {
    const objective = { name: 'accuracy', unit: '%', direction: 'maximize', minimumEffect: 0.01 } as const;
    const { headline } = found({ experiments: 40, objective });
    if (headline.kind !== 'champion') throw new Error(headline.kind);
    expect(headline.comparison!.gain).toBeCloseTo(headline.value - 2.4013, 12);
    expect(headline.sentence).toContain('(+');
  });

  it('says that nothing is better yet, and that nothing is measured yet', () => {
    const barely = found({ experiments: 0 });
    expect(barely.headline).toMatchObject({ kind: 'baseline', value: 2.4013 });
    expect(barely.headline.sentence).toBe(
      'Nothing better than the baseline yet: val_bpb is 2.4013 bits/byte.',
    );
    const unmeasured = findingsNow(
      replay(entriesOf(sampleEvents({ experiments: 0 }).slice(0, 1))),
      [],
      SAMPLE_START,
    );
    expect(unmeasured.headline.kind).toBe('not measured yet');
  });

  it('says whose number a candidate-reported score is', () => {
    expect(found({ experiments: 40, source: 'candidate-reported' }).headline.more.join(' ')).toContain(
      'candidate-reported',
    );
    expect(found({ experiments: 40 }).headline.more.join(' ')).not.toContain('candidate-reported');
  });

  it('says how little of its budget the champion needs to be where the baseline ends', () => {
    const { headline } = found({ experiments: 40 });
    if (headline.kind !== 'champion') throw new Error(headline.kind);
    // The sample's curves fall by 0.8 over a trial, evenly: a champion that is better by g is there at the share 1 - g / 0.8.
    expect(headline.compute!.share).toBeCloseTo(1 - headline.comparison!.gain / 0.8, 6);
    expect(headline.more.join(' ')).toMatch(
      /It reaches the baseline's score in \d+% of the baseline's budget\./,
    );
  });

  it('tells what was certified from what was not', () => {
    const certify = (events: readonly Timed[], count: number) => {
      const { at, event } = events.findLast(({ event }) => event.kind === 'champion-move')!;
      const { to, stack } = event as EventOf<'champion-move'>;
      return stack.slice(0, count).map(
        (experiment): Timed => ({
          at,
          event: {
            kind: 'certificate',
            of: { kind: 'change', experiment, champion: to },
            method: 'switch-off',
            logE: 7.5,
            effect: { value: 0.02, low: 0.01, high: 0.03 },
            trials: 12,
          },
        }),
      );
    };
    const one = foundAfter((events) => certify(events, 1));
    expect(one.headline).toMatchObject({ assurance: 'partly certified', certified: 1 });
    expect(one.changes[0]).toMatchObject({
      standing: 'certified',
      effect: { value: 0.02, interval: { low: 0.01, high: 0.03 }, by: 'certificate' },
    });
    const all = foundAfter((events) => certify(events, Number.POSITIVE_INFINITY));
    expect(all.headline).toMatchObject({
      assurance: 'certified',
      believed: { by: 'changes added up', value: expect.closeTo(0.02 * all.changes.length, 9) },
    });
  });
});

describe('what was learned', () => {
  it('counts every verdict once, by category, by researcher and in all', () => {
    const { experiments, categories, researchers, chart, changes } = found({ experiments: 200 });
    const all = Object.values(experiments.verdicts).reduce((sum, count) => sum + count, 0);
    expect(all).toBe(200);
    expect(categories).toMatchObject([{ name: 'optimiser', tried: 200, kept: experiments.verdicts.keep }]);
    expect(researchers).toMatchObject([{ name: 'search', tried: 200 }]);
    expect(categories[0]!.gain).toBeCloseTo(
      changes.reduce((sum, { effect }) => sum + effect!.value, 0),
      9,
    );
    expect(chart.points).toHaveLength(200);
  });

  it('gives the edits of one site a line, and those of several at once an equal share each', () => {
    const at = SAMPLE_START;
    const { sites } = foundAfter((events) => {
      const adds = events.filter(({ event }) => event.kind === 'proposal-add');
      for (const [index, { event }] of adds.entries()) {
        const edit =
          index % 2 === 0 ? 'a.ts#number:rate=2 was 1' : 'a.ts#number:rate=3 was 1; a.ts#number:size=8 was 4';
        Object.assign(event, { edit });
      }
      return [{ at, event: { kind: 'engine-stop', reason: 'asked' } }];
    });
    expect(sites.map(({ name }) => name).toSorted()).toEqual(['rate', 'size']);
    expect(sites.find(({ name }) => name === 'rate')!.tried).toBe(40);
    expect(sites.find(({ name }) => name === 'size')!.tried).toBe(20);
  });

  it('names the kinds of change that nobody has tried', () => {
    const { untried } = found({ experiments: 5 }).next;
    expect(untried).toContain('architecture');
    expect(untried).not.toContain('optimiser');
    expect(untried).not.toContain('merge');
  });

  it('shows a crash on the chart without a value, and keeps the running best from falling back', () => {
    const { chart } = found({ experiments: 200 });
    for (const { verdict, place } of chart.points)
      expect(place.kind).toBe(verdict === 'keep' || verdict === 'discard' ? 'measured' : 'none');
    const values = chart.best.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(chart.best[0]).toEqual({ at: SAMPLE_START, value: 2.4013 });
  });

  it('draws the tree of champions from what each keep was made on', () => {
    const { champions, changes } = found({ experiments: 40 });
    expect(champions[0]).toMatchObject({ on: 'baseline', cause: 'keep', isInChampion: true });
    for (const [index, step] of champions.entries())
      if (index > 0) expect(step.on).toBe(champions[index - 1]!.experiment);
    expect(champions.map(({ experiment }) => experiment)).toEqual(
      changes.map(({ experiment }) => experiment),
    );
  });

  it('says what was withdrawn, and why, and does not count it as kept', () => {
    const { changes, headline, categories } = foundAfter((events) => {
      const { event } = events.findLast(({ event }) => event.kind === 'champion-move')!;
      const { class: hardware, to, stack } = event as EventOf<'champion-move'>;
      const [experiment, ...left] = stack as readonly [ExperimentId, ...ExperimentId[]];
      const cause = { kind: 'withdrawal', experiment, reason: 'worse on fresh\nseeds' } as const;
      const move = {
        kind: 'champion-move',
        class: hardware,
        from: to,
        to: 'f'.repeat(40) as typeof to,
        stack: left,
        cause,
      } as const;
      return [{ at: SAMPLE_START + HOUR, event: move }];
    });
    const out = changes.at(-1)!;
    expect(out).toMatchObject({ standing: 'withdrawn', isInChampion: false, reason: 'worse on fresh seeds' });
    expect(categories[0]!.kept).toBe(changes.length - 1);
    expect(headline.kind).toBe('not measured yet');
  });
});

it('costs are those of all trials, and budgets say what is used', () => {
  const { spent } = found({ experiments: 10 });
  expect(spent.trials.count).toBe(11);
  expect(spent.trials.cpuSeconds).toBeCloseTo(0.96 * spent.trials.wallSeconds, 6);
  expect(spent.budget).toEqual([{ limit: { kind: 'experiments', count: 100 }, used: 10 }]);
});

it('what a researcher wrote is one harmless line wherever it stands', () => {
  const evil = 'good\u001b[31m red\u202e txt.exe\n\u0000<script>';
  const text = JSON.stringify(found({ experiments: 60, hypothesis: () => evil }));
  expect(text).toContain('<script>');
  expect(text).not.toMatch(/\\u001b|\\n|\u202e|\\u0000/);
});

it('goes through JSON unharmed', () => {
  const findings = found({ experiments: 30 });
  expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
});

import { describe, expect, test } from 'vitest';
import type { ExperimentId } from '../model/identity.ts';
import type { Objective } from '../model/objective.ts';
import type { Comparison } from '../model/verdict.ts';
import { experimentLine } from '../record/experiment-line.ts';
import { replay } from '../record/replay.ts';
import { BITS, entriesOf, sampleEvents, type Timed } from './fixtures/sample-study.ts';
import { showLines } from './show-lines.ts';
import { eventLine } from './terminal/lines.ts';
import { verdictRows } from './terminal/rows.ts';

const POSTERIOR = {
  kind: 'posterior',
  mean: 0,
  deviation: 0.01,
  luck: 0.5,
  error: 0.01,
  freedom: 9,
} as const;

/** One experiment that was discarded for what `evidence` says, in every view that tells of its gain. */
function viewsOf(
  evidence: Pick<Comparison, 'candidate' | 'parent' | 'gain' | 'basis'>,
  objective: Objective = BITS,
) {
  const ids = { candidateTrials: [], parentTrials: [] };
  const discard: Timed = {
    at: 0,
    event: {
      kind: 'verdict',
      experiment: 1 as ExperimentId,
      verdict: { kind: 'discard', reason: 'not better', evidence: { ...evidence, ...ids } },
    },
  };
  const events = sampleEvents({ experiments: 1, objective }).flatMap((timed) => {
    if (timed.event.kind === 'champion-move') return [];
    return timed.event.kind === 'verdict' ? { ...discard, at: timed.at } : timed;
  });
  const entries = entriesOf(events);
  const state = replay(entries);
  const experiment = state.experiments.get(1 as ExperimentId);
  const entry = entries.find(({ event }) => event.kind === 'verdict');
  if (experiment?.status !== 'judged' || entry === undefined)
    throw new Error('the experiment has no verdict');
  const [row = []] = verdictRows(objective, [experiment], 4, 100);
  const shown = {
    state,
    experiment,
    trials: [],
    curve: [],
    output: [],
    diff: { text: '', truncated: false },
  };
  return {
    log: experimentLine(state, experiment).delta,
    line: eventLine(entry, state),
    row: row.map(({ text }) => text).join(''),
    show: showLines(shown, 100, false),
  };
}

describe('the gain of an experiment is the same number in every view, and positive is better', () => {
  test('over equal seeds alone, where it differs from the difference of the two means, show says how', () => {
    const { log, line, row, show } = viewsOf({
      candidate: 2.41,
      parent: 2.4,
      gain: 0.0448,
      basis: POSTERIOR,
    });
    expect(log).toBe(0.0448);
    expect(line).toContain('val_bpb 2.4100 (gain +0.0448) ');
    expect(row).toContain('2.4100 gain +0.0448 ');
    expect(show).toContain('gain        +0.0448 (better, paired by seed)');
  });

  test('where smaller is better, a larger value is a loss', () => {
    const { log, line, row, show } = viewsOf({ candidate: 2.41, parent: 2.4, gain: -0.01, basis: POSTERIOR });
    expect(log).toBe(-0.01);
    expect(line).toContain('(gain -0.0100)');
    expect(row).toContain('gain -0.0100');
    expect(show).toContain('gain        -0.0100 (worse)');
  });
});

test('a metric with a long name stands apart from its value', () => {
  const objective: Objective = { ...BITS, name: 'sum_of_radii', unit: '' };
  const { show } = viewsOf({ candidate: 2.58797, parent: 2.5, gain: -0.08797 }, objective);
  expect(show).toContain('sum_of_radii 2.5880 against 2.5000 of its parent');
});

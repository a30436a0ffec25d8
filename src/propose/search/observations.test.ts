import { describe, expect, it } from 'vitest';
import type { Commit, ExperimentId, TrialId } from '../../model/identity.ts';
import { championOn } from '../../model/study.ts';
import type { Basis, Verdict } from '../../model/verdict.ts';
import { createStudy, verdictOf } from '../fixtures/play.ts';
import { historyOf } from './history.ts';
import { type Observation, observationsOf } from './observations.ts';

const x = 'a.ts#number:x';
const y = 'a.ts#number:y';
const kind = 'a.ts#alternatives:kind';

type Study = ReturnType<typeof createStudy>;

/** An open experiment: `add(study, 'x 1 2', 'y 5 6')` moves x from 1 to 2, and y from 5 to 6. */
function add(study: Study, ...edits: readonly string[]): ExperimentId {
  return study.add(draftOf(edits));
}

function draftOf(edits: readonly string[]) {
  const parts = edits.map((edit) => {
    const [name, from, value] = edit.split(' ');
    return `a.ts#${name === 'kind' ? 'alternatives' : 'number'}:${name}=${value} was ${from}`;
  });
  return { hypothesis: 'h', category: 'other', edit: parts.join('; ') } as const;
}

/** An experiment that gained this over its parent; kept where that is above 0. */
function gained(study: Study, gain: number, ...edits: readonly string[]): ExperimentId {
  const experiment = add(study, ...edits);
  study.judge(experiment, verdictOf(1, 1 - gain));
  return experiment;
}

function commitOf(study: Study, experiment: ExperimentId): Commit {
  return study.state.experiments.get(experiment)!.proposal.commit;
}

function observe(study: Study, champion = study.brief().champion): Observation[] {
  return observationsOf(study.state, champion, historyOf(study.state));
}

/** What is known of an experiment, in one line of values: `x=1 y=5`. */
function seen(observations: readonly Observation[], experiment: number) {
  const found = observations.filter((one) => one.experiment === experiment);
  expect(found.length).toBe(1);
  const { values, result } = found[0]!;
  const written = [...values].map(([site, value]) => `${site.split(':')[1]}=${value}`).toSorted();
  return { values: written.join(' '), result };
}

const BASELINE = 0;
const measured = (gain: number, error = 0, seconds = 0) => ({
  kind: 'measured',
  gain: expect.closeTo(gain, 12),
  error,
  seconds,
});

describe('a gain', () => {
  it('is over the present champion, and adds up along the keeps that led to it', () => {
    const study = createStudy({});
    const failed = gained(study, -0.5, 'y 5 9');
    const first = gained(study, 0.25, 'x 1 2');
    const second = gained(study, 0.125, 'x 2 4');
    const last = gained(study, -1, 'y 5 6');
    const observations = observe(study);
    expect(seen(observations, last)).toEqual({ values: 'y=6', result: measured(-1) });
    expect(seen(observations, second)).toEqual({ values: 'x=4', result: measured(0) });
    expect(seen(observations, first)).toEqual({ values: 'x=2', result: measured(-0.125) });
    expect(seen(observations, failed)).toEqual({ values: 'x=1 y=9', result: measured(-0.875) });
    expect(seen(observations, BASELINE)).toEqual({ values: 'x=1', result: measured(-0.375) });
    expect(observations.map(({ experiment }) => experiment)).toEqual([4, 3, 2, 1, 0]);
  });

  it('is over an earlier champion where that is the one that is asked about', () => {
    const study = createStudy({});
    const first = gained(study, 0.25, 'x 1 2');
    gained(study, 0.125, 'x 2 4');
    const observations = observe(study, commitOf(study, first));
    expect(seen(observations, first)).toEqual({ values: 'x=2', result: measured(0) });
    expect(seen(observations, BASELINE)).toEqual({ values: 'x=1', result: measured(-0.25) });
    expect(seen(observations, 2)).toEqual({ values: 'x=4', result: measured(0.125) });
  });

  it('of a keep is what is believed of it, and comes with its error', () => {
    const study = createStudy({});
    const posterior = {
      kind: 'posterior',
      mean: 0.1,
      deviation: 0.04,
      luck: 0,
      error: 0.05,
      freedom: 9,
    } as const;
    const kept = add(study, 'x 1 2');
    study.judge(kept, weighed('keep', 0.3, posterior));
    const discarded = add(study, 'x 2 4');
    study.judge(discarded, weighed('discard', 0.2, posterior));
    const stopped = add(study, 'x 2 3');
    study.judge(stopped, weighed('discard', -0.2, { kind: 'forecast', progress: 0.4, deviation: 0.07 }));
    const observations = observe(study);
    expect(seen(observations, kept).result).toEqual(measured(0, 0.05));
    expect(seen(observations, BASELINE).result).toEqual(measured(-0.1));
    expect(seen(observations, discarded).result).toEqual(measured(0.2, 0.05));
    expect(seen(observations, stopped).result).toEqual(measured(-0.2, 0.07));
  });

  it('comes with the seconds of all its trials', () => {
    const study = createStudy({});
    const experiment = gained(study, -1, 'x 1 2');
    study.time(experiment, 60);
    study.time(experiment, 61);
    expect(seen(observe(study), experiment).result).toEqual(measured(-1, 0, 121));
  });
});

function weighed(kind: 'keep' | 'discard', gain: number, basis: Basis): Verdict {
  const evidence = { candidate: 1 - gain, parent: 1, gain, candidateTrials: [], parentTrials: [], basis };
  return { kind, reason: '', evidence };
}

describe('what a value was', () => {
  it('is seen as it was then, also where it was kept later, and whatever its kind', () => {
    const study = createStudy({});
    const before = gained(study, -1, 'kind gelu relu');
    gained(study, 1, 'kind gelu silu', 'x 1 2');
    const after = gained(study, -1, 'kind silu relu');
    const observations = observe(study);
    expect(seen(observations, before).values).toBe('kind=relu x=1');
    expect(seen(observations, after).values).toBe('kind=relu');
    expect(seen(observations, BASELINE).values).toBe('kind=gelu x=1');
    expect([...observations.at(-1)!.values.keys()].toSorted()).toEqual([kind, x]);
  });

  it('before something was removed that cannot be put back is another than after', () => {
    const study = createStudy({});
    const before = gained(study, -1, 'x 1 2');
    const removal = study.add({ hypothesis: 'h', category: 'other', edit: 'a.ts#term:f:1=removed' });
    study.judge(removal, verdictOf(1, 0.5));
    const after = gained(study, -1, 'x 1 4');
    const observations = observe(study);
    expect(seen(observations, after).values).toBe('x=4');
    expect([...observations.find((one) => one.experiment === before)!.values.keys()]).toContain(
      'a.ts#term:f:1',
    );
    expect([...observations.at(-1)!.values.keys()]).toEqual(['a.ts#term:f:1']);
  });

  it('is found beyond a merge, by what was merged', () => {
    const study = createStudy({});
    const { champion: baseline } = study.brief();
    const first = gained(study, 0.25, 'x 1 2');
    const beside = study.add(draftOf(['y 5 6']), { parent: baseline });
    study.judge(beside, verdictOf(1, 0.5));
    const merge = study.add(
      { hypothesis: 'h', category: 'merge', edit: `merge=${beside}` },
      { origin: { kind: 'merge', of: beside } },
    );
    study.judge(merge, verdictOf(1, 0.5));
    const observations = observe(study);
    expect(seen(observations, first)).toEqual({ values: 'x=2 y=5', result: measured(-0.5) });
    expect(seen(observations, beside)).toEqual({ values: 'x=1 y=6', result: measured(-0.25) });
    const [champion, start, ...others] = observations.filter(({ experiment }) => experiment === BASELINE);
    expect(champion).toMatchObject({ values: new Map(), result: measured(0) });
    expect(start).toMatchObject({
      values: new Map([
        [x, '1'],
        [y, '5'],
      ]),
      result: measured(-0.75),
    });
    expect(others).toEqual([]);
  });
});

describe('what became of an experiment', () => {
  it('is told apart: open, broken, measured; of what was set aside or stayed undecided nothing is known', () => {
    const study = createStudy({});
    const open = add(study, 'x 1 2');
    const broken = ['crash', 'timeout', 'invalid'].map((word, index) => {
      const experiment = add(study, `x 1 ${index + 3}`);
      study.judge(experiment, { kind: word, reason: '', evidence: { trial: 1 as TrialId } } as Verdict);
      return experiment;
    });
    const aside = add(study, 'x 1 7');
    study.setAside(aside);
    const undecided = add(study, 'x 1 8');
    study.judge(undecided, { kind: 'inconclusive', reason: '', evidence: { trials: [] } });
    const observations = observe(study);
    expect(seen(observations, open)).toEqual({ values: 'x=2', result: { kind: 'open' } });
    expect(broken.map((experiment) => seen(observations, experiment))).toEqual(
      ['x=3', 'x=4', 'x=5'].map((values) => ({ values, result: { kind: 'broken' } })),
    );
    expect(observations.map(({ experiment }) => experiment)).not.toContain(aside);
    expect(observations.map(({ experiment }) => experiment)).not.toContain(undecided);
    expect(observations.length).toBe(5);
  });

  it('is the later verdict where there are two', () => {
    const study = createStudy({});
    const experiment = gained(study, -0.1, 'x 1 2');
    study.judge(experiment, verdictOf(1, 0.5));
    expect(seen(observe(study), experiment).result).toEqual(measured(0));
    expect(seen(observe(study), BASELINE).result).toEqual(measured(-0.5));
  });
});

describe('what no champion came from', () => {
  it('is left out: an experiment on a change that was withdrawn, and that change itself', () => {
    const study = createStudy({});
    const before = gained(study, -1, 'y 5 9');
    const lucky = gained(study, 0.5, 'x 1 2');
    const upon = gained(study, -0.25, 'y 5 6');
    study.withdraw(lucky);
    const since = gained(study, -0.125, 'y 5 7');
    const observations = observe(study);
    expect(seen(observations, since)).toEqual({ values: 'y=7', result: measured(-0.125) });
    expect(seen(observations, before)).toEqual({ values: 'y=9', result: measured(-1) });
    expect(observations.filter((one) => one.experiment === lucky || one.experiment === upon)).toEqual([]);
  });

  it('is left out where others were kept upon it, and what is clean of it on both sides stays', () => {
    const study = createStudy({});
    const first = gained(study, 0.5, 'y 5 6');
    const before = gained(study, -1, 'kind gelu relu');
    const lucky = gained(study, 0.5, 'x 1 2');
    const upon = gained(study, -0.25, 'kind gelu silu');
    const late = gained(study, 0.25, 'y 6 7');
    study.withdraw(lucky);
    const last = gained(study, 0.0625, 'y 7 8');
    const observations = observe(study);
    expect(championOn(study.state, [...study.state.champions.keys()][0]!).stack).toEqual([first, late, last]);
    expect(seen(observations, last)).toEqual({ values: 'y=8', result: measured(0) });
    expect(seen(observations, before)).toEqual({ values: 'kind=relu y=6', result: measured(-1.3125) });
    expect(seen(observations, first)).toEqual({ values: 'y=6', result: measured(-0.3125) });
    for (const left of [lucky, upon, late])
      expect(observations.map(({ experiment }) => experiment)).not.toContain(left);
    const unproposed = observations.filter(({ experiment }) => experiment === BASELINE);
    expect(unproposed.map(({ values }) => values.get(y))).toEqual(['7', '5']);
    expect(unproposed.map(({ result }) => result)).toEqual([measured(-0.0625), measured(-0.8125)]);
  });

  it('is left out of what is asked about the baseline, or about a commit that nobody knows', () => {
    const study = createStudy({});
    const first = gained(study, 0.5, 'x 1 2');
    gained(study, 0.25, 'y 6 7');
    const known = (champion: Commit) => observe(study, champion).map(({ experiment }) => experiment);
    expect(known(study.state.study.baseline)).toEqual([first, BASELINE]);
    expect(known('elsewhere' as Commit)).toEqual([BASELINE]);
  });

  it('is left out where another researcher made a change that cannot be read', () => {
    const study = createStudy({});
    const before = gained(study, -1, 'x 1 2');
    const foreign = study.add({ hypothesis: 'h', category: 'other', edit: 'a better idea' });
    study.judge(foreign, verdictOf(1, 0.5));
    const after = gained(study, -1, 'x 1 4');
    const observations = observe(study);
    expect(seen(observations, after).result).toEqual(measured(-1));
    expect(seen(observations, BASELINE)).toEqual({ values: '', result: measured(0) });
    expect(observations.map(({ experiment }) => experiment)).not.toContain(before);
  });

  it('is left out where it was kept beside the champion, and never merged', () => {
    const study = createStudy({});
    const { champion: baseline } = study.brief();
    gained(study, 0.25, 'x 1 2');
    const beside = study.add(draftOf(['y 5 6']), { parent: baseline });
    study.judge(beside, verdictOf(1, 0.5));
    const upon = study.add(draftOf(['y 6 7']), { parent: commitOf(study, beside) });
    study.judge(upon, verdictOf(1, 2));
    const observations = observe(study);
    expect(seen(observations, beside)).toEqual({ values: 'x=1 y=6', result: measured(0.25) });
    expect(observations.map(({ experiment }) => experiment)).not.toContain(upon);
  });
});

it('says the same whatever the order in which verdicts came, and whether it followed the study or reads it now', () => {
  const [first, second] = [createStudy({}), createStudy({})];
  for (const study of [first, second]) for (let value = 2; value < 12; value++) add(study, `x 1 ${value}`);
  const verdict = (id: number) => (id % 4 === 0 ? verdictOf(1, undefined) : verdictOf(1, 1 + (id % 3) / 8));
  for (let id = 1; id <= 10; id++) {
    first.judge(id as ExperimentId, verdict(id));
    observe(first);
  }
  for (let id = 10; id >= 1; id--) second.judge(id as ExperimentId, verdict(id));
  expect(observe(second)).toEqual(observe(first));
  expect(
    observationsOf(
      first.state,
      first.brief().champion,
      historyOf({ ...first.state, study: { ...first.state.study } }),
    ),
  ).toEqual(observe(first));
});

it('looks at no more than the newest of a long study, and at its baseline', () => {
  const study = createStudy({});
  for (let value = 2; value < 500; value++) gained(study, -1, `x 1 ${value}`);
  const observations = observe(study);
  expect(observations.length).toBe(401);
  expect(observations[0]!.experiment).toBe(498);
  expect(observations.at(-1)!.experiment).toBe(BASELINE);
});

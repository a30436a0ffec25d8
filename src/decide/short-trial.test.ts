import { expect, test } from 'vitest';
import type { TrialId } from '../model/identity.ts';
import { atFidelity, CHECKPOINTS, type CurvePoint, type Outcome } from '../model/trial.ts';
import { posterior } from './posterior.ts';
import {
  type Attempt,
  baseline,
  championTrials,
  conditions,
  LUCK,
  measured,
  type Setting,
  study,
} from './study-fixture.ts';

/** A fifth of the whole budget. */
const SCREEN = 0.2;
const short = atFidelity(conditions, SCREEN);
/** Where short trials of the champion end: nothing like a whole one, since so much less time is a worse score. */
const SHORT_LEVEL = 50;
const CRASH: Outcome = { kind: 'crash', stage: 'run', how: 'exit code 1' };

const shortTrial = (commit: string, outcome: Outcome, more: Partial<Attempt> = {}): Attempt => ({
  commit,
  outcome,
  conditions: short,
  usage: { wallSeconds: 0.3, cpuSeconds: 0.3, peakMemoryBytes: 1 },
  ...more,
});

/** Whole and short trials of the champion, in which the noise is a tenth of a point. */
const CHAMPION: readonly Attempt[] = [
  ...championTrials(8, { sigma: 0.1 }),
  ...LUCK.slice(0, 4).map((luck, index) =>
    shortTrial(baseline, measured(SHORT_LEVEL + 0.1 * luck), { purpose: 'champion', seed: index + 1 }),
  ),
];

/** By how many points ideas that had both trials are worse than the champion; a short one shows half of it. */
const HARMS = Array.from({ length: 20 }, (_, index) => (index % 5) + (index % 2) / 2);

/** A study that has learned what short trials tell. One audit in so few trials is enough. */
function learned(more: Setting = {}, audits = 1): Setting {
  const proposals = HARMS.map((harm, index) => ({ commit: `harm ${index}`, verdict: discard(harm, index) }));
  const attempts = HARMS.flatMap((harm, index): Attempt[] => [
    shortTrial(`harm ${index}`, measured(SHORT_LEVEL + harm / 2), { seed: 100 + index }),
    {
      commit: `harm ${index}`,
      purpose: index < audits ? 'audit' : 'candidate',
      outcome: measured(10 + harm),
      seed: 200 + index,
    },
  ]);
  return {
    ...more,
    program: { screen: SCREEN, ...more.program },
    proposals: [...proposals, ...(more.proposals ?? [])],
    attempts: [...CHAMPION, ...attempts, ...(more.attempts ?? [])],
  };
}

/** The verdict on an idea whose whole trial is the second of its pair. */
function discard(harm: number, index: number) {
  const candidateTrials = [(CHAMPION.length + 2 * index + 2) as TrialId];
  const evidence = { candidate: 10 + harm, parent: 10, gain: -harm, candidateTrials, parentTrials: [] };
  const basis = { kind: 'posterior', mean: -harm, deviation: 0.1, luck: 1, error: 0.1, freedom: 7 } as const;
  return { kind: 'discard', reason: 'worse', evidence: { ...evidence, basis } } as const;
}

function judged(setting: Setting, slots = 1) {
  const { state, context } = study(setting);
  return posterior(state, slots, context);
}

/** What is wanted of ideas, best first, whatever the champion needs beside them. */
function ofIdeas(setting: Setting) {
  return judged(setting, 9).wanted.filter(({ commit }) => commit !== baseline);
}

const NEW = { proposals: [{ commit: 'new' }] };

test('where the program names a smaller budget, the first trial of an idea has that, and the first of a champion the whole', () => {
  const { wanted } = judged({ ...NEW, program: { screen: SCREEN }, attempts: CHAMPION });
  expect(wanted).toMatchObject([{ commit: 'new', purpose: 'candidate', fidelity: SCREEN }]);
  const first = judged({ ...NEW, program: { screen: SCREEN } }).wanted[0];
  expect(first).toMatchObject({ commit: baseline, purpose: 'champion' });
  expect(first).not.toHaveProperty('fidelity');
});

test('where it names none, every trial is whole', () => {
  for (const wanted of judged({ ...NEW, attempts: CHAMPION }, 4).wanted)
    expect(wanted).not.toHaveProperty('fidelity');
});

test('before ideas are measured by short trials, the champion has some', () => {
  const { wanted } = judged({ ...NEW, program: { screen: SCREEN }, attempts: championTrials(8) });
  expect(wanted).toMatchObject([{ commit: baseline, purpose: 'champion', fidelity: SCREEN }]);
});

test('before short trials have told anything, an idea gets its whole trial whatever the short one showed', () => {
  const attempts = [...CHAMPION, shortTrial('new', measured(1000), { seed: 20 })];
  const { wanted, verdicts } = judged({ ...NEW, program: { screen: SCREEN }, attempts });
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: 'new', purpose: 'candidate' }]);
  expect(wanted[0]).not.toHaveProperty('fidelity');
});

test('once they tell, what is hopeless in a short trial is a discard on a forecast, and says so', () => {
  const attempts = [shortTrial('new', measured(SHORT_LEVEL + 2), { seed: 20 })];
  const { verdicts } = judged(learned({ ...NEW, attempts }));
  expect(verdicts).toMatchObject([
    {
      experiment: HARMS.length + 1,
      verdict: {
        kind: 'discard',
        reason: expect.stringMatching(
          /^by a short trial, of 20% of the budget: on its way to be worse by [34][\d.]* points, give or take /,
        ),
        evidence: {
          candidateTrials: [CHAMPION.length + 2 * HARMS.length + 1],
          basis: { kind: 'forecast', progress: SCREEN },
        },
      },
    },
  ]);
  const [first] = verdicts;
  // A short one shows half of what a whole one does.
  if (first?.verdict.kind === 'discard') expect(first.verdict.evidence.gain).toBeCloseTo(-4, 0);
});

test('what looks better in a short trial gets its whole one before any new idea has a short one', () => {
  const proposals = [{ commit: 'new' }, { commit: 'next' }];
  const attempts = [shortTrial('new', measured(SHORT_LEVEL - 1), { seed: 20 })];
  const wanted = ofIdeas(learned({ proposals, attempts }));
  expect(wanted).toMatchObject([{ commit: 'new' }, { commit: 'next', fidelity: SCREEN }]);
  expect(wanted[0]).not.toHaveProperty('fidelity');
});

test('nothing is compared across budgets: a short score that beats every whole one is no gain', () => {
  const attempts = [
    shortTrial('new', measured(SHORT_LEVEL - 49), { seed: 20 }),
    { commit: 'new', outcome: measured(11), seed: 21 },
  ];
  const { verdicts } = judged(learned({ ...NEW, attempts }));
  expect(verdicts).toMatchObject([{ verdict: { kind: 'discard', evidence: { candidate: 11 } } }]);
});

test('what crashes in a short trial is a crash, and what took too long or told nothing gets a whole one', () => {
  const verdictsAfter = (outcome: Outcome) =>
    judged(learned({ ...NEW, attempts: [shortTrial('new', outcome, { seed: 20 })] }));
  expect(verdictsAfter(CRASH).verdicts).toMatchObject([{ verdict: { kind: 'crash' } }]);
  const exceeded = { type: 'cpu', value: 2, limit: 1 } as const;
  for (const outcome of [
    { kind: 'timeout', stage: 'run', exceeded } as const,
    { kind: 'invalid', reason: 'no score was printed' } as const,
  ]) {
    const { wanted, verdicts } = verdictsAfter(outcome);
    expect(verdicts).toEqual([]);
    expect(wanted[0]).toMatchObject({ commit: 'new', purpose: 'candidate' });
    expect(wanted[0]).not.toHaveProperty('fidelity');
  }
});

test('a crash in a short trial is none before the champion has managed one: perhaps nothing does in so little time', () => {
  const crashed = shortTrial('new', CRASH, { seed: 20 });
  const before = { ...NEW, program: { screen: SCREEN }, attempts: [...championTrials(8), crashed] };
  const { verdicts, wanted } = judged(before);
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: baseline, fidelity: SCREEN }]);
  const failing = [...before.attempts, shortTrial(baseline, CRASH, { purpose: 'champion' })];
  const after = judged({ ...before, attempts: failing });
  expect(after.verdicts).toEqual([]);
  expect(after.wanted).toMatchObject([{ commit: 'new', purpose: 'candidate' }]);
  expect(after.wanted[0]).not.toHaveProperty('fidelity');
});

test('an idea whose champion was replaced before it had short trials does not wait for them', () => {
  const next = [
    ...championTrials(8, { commit: 'next', level: 9, sigma: 0.1 }),
    ...CHAMPION.slice(8).map((attempt) => ({ ...attempt, commit: 'next' })),
  ];
  const waiting = learned({
    champion: 'next',
    proposals: [
      { commit: 'measured', parent: 'replaced' },
      { commit: 'crashed', parent: 'replaced' },
    ],
    attempts: [
      ...next,
      ...championTrials(2, { commit: 'replaced', sigma: 0.1 }),
      shortTrial('measured', measured(SHORT_LEVEL), { seed: 20 }),
      shortTrial('crashed', CRASH, { seed: 21 }),
    ],
  });
  const { verdicts, wanted } = judged(waiting, 9);
  expect(verdicts).toEqual([]);
  for (const commit of ['measured', 'crashed']) {
    const own = wanted.find((one) => one.commit === commit);
    expect(own).toMatchObject({ purpose: 'candidate' });
    expect(own).not.toHaveProperty('fidelity');
  }
});

test('a short trial that the machine spoiled is run again, three times at most', () => {
  const fault = shortTrial('new', { kind: 'fault', reason: 'the disk is full' });
  const after = (faults: number) =>
    ofIdeas(learned({ ...NEW, attempts: Array.from({ length: faults }, () => fault) }))[0];
  expect(after(2)).toMatchObject({ commit: 'new', fidelity: SCREEN });
  expect(after(3)).toMatchObject({ commit: 'new' });
  expect(after(3)).not.toHaveProperty('fidelity');
});

test('a lab whose champion does not manage the smaller budget gets whole trials', () => {
  const attempts = [...championTrials(8), shortTrial(baseline, CRASH, { purpose: 'champion' })];
  for (const wanted of judged({ ...NEW, program: { screen: SCREEN }, attempts }, 4).wanted)
    expect(wanted).not.toHaveProperty('fidelity');
});

test('where the champion failed under another budget, that says nothing of this one', () => {
  const shorter = atFidelity({ ...conditions, budget: { clock: 'cpu', seconds: 0.1 } }, SCREEN);
  const failed = shortTrial(baseline, CRASH, { purpose: 'champion', conditions: shorter });
  const attempts = [...championTrials(8), failed];
  const { wanted } = judged({ ...NEW, program: { screen: SCREEN }, attempts });
  expect(wanted).toMatchObject([{ commit: baseline, fidelity: SCREEN }]);
});

test('a lab that does the same work whatever time it is given gets whole trials', () => {
  const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
  const attempts = CHAMPION.map((attempt) => ({ ...attempt, usage }));
  for (const wanted of judged({ ...NEW, program: { screen: SCREEN }, attempts }, 4).wanted)
    expect(wanted).not.toHaveProperty('fidelity');
});

test('a lab that reports progress is screened by that, and gets whole trials', () => {
  const curve: CurvePoint[] = CHECKPOINTS.map((progress) => ({ progress, values: { score: 10 } }));
  const attempts = CHAMPION.map((attempt) => ({ ...attempt, curve }));
  for (const wanted of judged({ ...NEW, program: { screen: SCREEN }, attempts }, 4).wanted)
    expect(wanted).not.toHaveProperty('fidelity');
});

test('short trials that tell nothing of whole ones are given up after forty ideas', () => {
  const after = (ideas: number) => {
    const proposals = Array.from({ length: ideas }, (_, index) => ({
      commit: `idea ${index}`,
      verdict: discard(1, index),
    }));
    const attempts = proposals.flatMap(({ commit }, index): Attempt[] => [
      shortTrial(commit, measured(SHORT_LEVEL + (index % 4 < 2 ? 3 : -3)), { seed: 100 + index }),
      { commit, outcome: measured(10 + ((index * 3) % 5)), seed: 300 + index },
    ]);
    return ofIdeas({
      program: { screen: SCREEN },
      proposals: [...proposals, { commit: 'new' }],
      attempts: [...CHAMPION, ...attempts],
    })[0];
  };
  expect(after(30)).toMatchObject({ commit: 'new', fidelity: SCREEN });
  expect(after(40)).toMatchObject({ commit: 'new' });
  expect(after(40)).not.toHaveProperty('fidelity');
});

test('what was discarded by a short trial may return, and is then judged by a whole one', () => {
  const spent = learned({ ...NEW, attempts: [shortTrial('new', measured(SHORT_LEVEL + 2), { seed: 20 })] });
  const { verdicts } = judged(spent);
  expect(verdicts).toMatchObject([
    { verdict: { kind: 'discard', evidence: { basis: { kind: 'forecast' } } } },
  ]);
  const parked: Setting = {
    ...spent,
    proposals: spent.proposals!.map((proposal) =>
      proposal.commit === 'new' ? { ...proposal, verdict: verdicts[0]!.verdict } : proposal,
    ),
    attempts: [...spent.attempts!, { commit: 'new', outcome: measured(8), seed: 5 }],
  };
  expect(judged(parked).verdicts).toMatchObject([
    { experiment: HARMS.length + 1, verdict: { kind: 'keep', evidence: { candidate: 8 } } },
  ]);
});

test('what had its whole trial later takes the place of no earlier lesson, whenever it was proposed', () => {
  const late = { commit: 'late', verdict: discard(4, HARMS.length) };
  const gainWhere = (place: 'first' | 'last') => {
    const setting = learned({
      proposals: place === 'last' ? [late, ...NEW.proposals] : NEW.proposals,
      attempts: [
        shortTrial('late', measured(SHORT_LEVEL - 3), { seed: 90 }),
        { commit: 'late', outcome: measured(14), seed: 91 },
        shortTrial('new', measured(SHORT_LEVEL + 2), { seed: 20 }),
      ],
    });
    const proposals = place === 'first' ? [late, ...setting.proposals!] : setting.proposals!;
    const verdict = judged({ ...setting, proposals }).verdicts[0]?.verdict;
    return verdict?.kind === 'discard' ? verdict.evidence.gain : undefined;
  };
  expect(gainWhere('last')).toBeCloseTo(-4, 0);
  expect(gainWhere('first')).toBe(gainWhere('last'));
});

test('now and then a whole trial follows whatever the short one showed, to see what is lost by it', () => {
  const attempts = [shortTrial('new', measured(SHORT_LEVEL + 2), { seed: 20 })];
  const { wanted } = judged(learned({ ...NEW, attempts }, 0));
  expect(wanted).toMatchObject([{ commit: 'new', purpose: 'audit' }]);
  expect(wanted[0]).not.toHaveProperty('fidelity');
});

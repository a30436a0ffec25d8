import type { Certificate } from '../model/certificate.ts';
import type { Commit, Digest, ExperimentId, HardwareClass, StudyId, TrialId } from '../model/identity.ts';
import type { Judge, JudgeContext, Judgement, WantedTrial } from '../model/judge.ts';
import type { Objective } from '../model/objective.ts';
import type { Program } from '../model/program.ts';
import { plainProgram } from '../model/program-fixture.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import type {
  Conditions,
  CurvePoint,
  EndedTrial,
  Outcome,
  SwitchedOff,
  Trial,
  Usage,
} from '../model/trial.ts';
import { mayReturn, type Verdict } from '../model/verdict.ts';

export const hardware = 'x64/test/1 core' as HardwareClass;
export const conditions: Conditions = {
  hardware,
  budget: { clock: 'cpu', seconds: 5 },
  fidelity: 1,
  company: 'alone',
  provided: '' as Digest,
};
export const objective: Objective = {
  name: 'score',
  unit: 'points',
  direction: 'minimize',
  minimumEffect: 0.5,
};
export const baseline = 'base' as Commit;

export interface Attempt {
  readonly commit: string;
  readonly outcome?: Outcome;
  readonly conditions?: Conditions;
  readonly purpose?: Trial['purpose'];
  readonly usage?: Usage;
  readonly curve?: readonly CurvePoint[];
  /** @default 1 */
  readonly seed?: number;
  readonly switchedOff?: {
    readonly champion: string;
    readonly tossed: readonly number[];
    readonly experiments: readonly number[];
  };
}

export interface Setting {
  readonly proposals?: readonly (Omit<Partial<Proposal>, 'commit' | 'parent'> & {
    commit: string;
    parent?: string;
    /** Without one it is open. */
    verdict?: Verdict;
  })[];
  readonly attempts?: readonly Attempt[];
  readonly objective?: Objective;
  readonly program?: Partial<Program>;
  /** @default the baseline */
  readonly champion?: string;
  /** Kept experiments that make up the champion. */
  readonly stack?: readonly number[];
  readonly certificates?: readonly Certificate[];
  /** Changes that cannot be taken out of a champion alone. */
  readonly inseparable?: Readonly<Record<string, readonly number[]>>;
  /** What the running trials have told, by their number. */
  readonly progress?: Readonly<Record<number, readonly CurvePoint[]>>;
  readonly studySeed?: number;
}

/** A completed trial that no checks were run on. */
export const measured = (value: number, others: Record<string, number> = {}): Outcome => ({
  kind: 'completed',
  measurement: { value, source: 'evaluated' },
  others,
});

const OPEN = { status: 'open' } as const;

/** A study as its ledger would leave it: numbered proposals on the baseline, and trials in the order given. */
export function study(setting: Setting): { state: StudyState; context: JudgeContext } {
  const experiments = new Map<ExperimentId, Experiment>();
  for (const [index, { verdict, ...given }] of (setting.proposals ?? []).entries()) {
    const experiment = (index + 1) as ExperimentId;
    const proposal = {
      hypothesis: 'try it',
      category: 'other',
      origin: { kind: 'researcher', name: 'test' },
      edit: `edit=${experiment}`,
      ...given,
      experiment,
      parent: (given.parent ?? baseline) as Commit,
      commit: given.commit as Commit,
    } as const;
    const standing = verdict ? ({ status: 'judged', verdict, judgedAt: 0 } as const) : OPEN;
    experiments.set(experiment, { proposal, proposedAt: 0, ...standing });
  }
  const running = new Map<TrialId, Trial>();
  const ended = new Map<TrialId, EndedTrial>();
  const trialsOf = new Map<Commit, TrialId[]>();
  const switchedOff = new Map<Commit, TrialId[]>();
  for (const [index, attempt] of (setting.attempts ?? []).entries()) {
    const trial: Trial = {
      trial: (index + 1) as TrialId,
      commit: attempt.commit as Commit,
      purpose: attempt.purpose ?? 'candidate',
      seed: attempt.seed ?? 1,
      ...(attempt.switchedOff && { switchedOff: attempt.switchedOff as unknown as SwitchedOff }),
      slot: 0,
      conditions: attempt.conditions ?? conditions,
      job: { executor: 'local', key: `test/${index + 1}` },
      submittedAt: 0,
    };
    trialsOf.set(trial.commit, [...(trialsOf.get(trial.commit) ?? []), trial.trial]);
    const whole = trial.switchedOff?.champion;
    if (whole) switchedOff.set(whole, [...(switchedOff.get(whole) ?? []), trial.trial]);
    if (!attempt.outcome) running.set(trial.trial, trial);
    else {
      const usage = attempt.usage ?? { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
      ended.set(trial.trial, { ...trial, outcome: attempt.outcome, usage, curve: attempt.curve ?? [] });
    }
  }
  const start = {
    kind: 'study-start',
    study: 'test' as StudyId,
    lab: '',
    objective: setting.objective ?? objective,
    program: '' as Digest,
    baseline,
    uncommitted: [],
    seed: setting.studySeed ?? 1,
  } as const;
  const state: StudyState = {
    study: start,
    startedAt: 0,
    experiments,
    open: idsOf(experiments, ({ status }) => status === 'open'),
    unmerged: new Set(),
    parked: idsOf(experiments, (one) => one.status === 'judged' && mayReturn(one.verdict)),
    withdrawn: new Map(),
    running,
    ended,
    trialsOf,
    switchedOff,
    inseparable: new Map(
      Object.entries(setting.inseparable ?? {}).map(([commit, ids]) => [
        commit as Commit,
        new Set(ids as ExperimentId[]),
      ]),
    ),
    certificates: setting.certificates ?? [],
    holdout: [],
    champions: new Map(
      setting.champion === undefined
        ? []
        : [
            [
              hardware,
              { commit: setting.champion as Commit, stack: (setting.stack ?? []) as ExperimentId[] },
            ],
          ],
    ),
    milestones: [],
    imported: [],
    spending: new Map(),
    failing: new Map(),
    activity: 'running',
    engine: undefined,
    engineSince: 1 as TrialId,
    faultsInARow: 0,
    activeSeconds: 0,
    lastEventAt: 0,
    nextExperiment: (experiments.size + 1) as ExperimentId,
    nextTrial: ((setting.attempts?.length ?? 0) + 1) as TrialId,
    judged: [...experiments.values()].filter(({ status }) => status === 'judged').length,
    verdicts: [...experiments.values()].filter(({ status }) => status === 'judged').length,
  };
  const program = plainProgram({
    objective: setting.objective ?? objective,
    trial: conditions.budget,
    ...setting.program,
  });
  const progress = new Map(
    Object.entries(setting.progress ?? {}).map(([id, curve]) => [Number(id) as TrialId, curve]),
  );
  return { state, context: { program, conditions, progress } };
}

function idsOf(
  experiments: ReadonlyMap<ExperimentId, Experiment>,
  has: (experiment: Experiment) => boolean,
): Set<ExperimentId> {
  return new Set([...experiments].flatMap(([id, experiment]) => (has(experiment) ? [id] : [])));
}

/** Eight values around 0 with a standard deviation of 1, in no order. */
const SPREAD = [0.4, -1.3, 0.9, -0.2, 1.5, -0.9, 0.3, -0.7];
const SCALE = Math.sqrt(SPREAD.reduce((sum, value) => sum + value ** 2, 0) / (SPREAD.length - 1));
export const LUCK = SPREAD.map((value) => value / SCALE);

/** Trials of a champion around `level`, under seeds 1 to `count`, at most 8; the noise's standard deviation is `sigma`. */
export function championTrials(
  count: number,
  { commit = baseline as string, level = 10, sigma = 1 } = {},
): Attempt[] {
  return LUCK.slice(0, count).map((luck, index) => ({
    commit,
    purpose: 'champion',
    seed: index + 1,
    outcome: measured(level + sigma * luck),
  }));
}

/** What a test's world answers: the outcome of a commit under a seed, which is the `turn`-th trial of the study. */
export type Answer = (commit: string, seed: number, turn: number) => Outcome;

/**
 * Plays a judge on a study, one slot, for so many trials at most, or until it wants none. A keep moves the champion. Returns
 * the study as it stands then.
 */
export function play(judge: Judge, setting: Setting, answer: Answer, trials: number): Setting {
  let now = setting;
  const left = { trials };
  for (;;) {
    const { state, context } = study(now);
    const { verdicts, wanted } = judge(state, 1, context);
    if (verdicts.length > 0) now = withVerdicts(now, verdicts);
    else if (wanted[0] === undefined || left.trials-- === 0) return now;
    else {
      const [{ commit, purpose, seed }] = wanted as [WantedTrial];
      const attempts = now.attempts ?? [];
      const outcome = answer(commit, seed, attempts.length + 1);
      now = { ...now, attempts: [...attempts, { commit, purpose, seed, outcome }] };
    }
  }
}

function withVerdicts(setting: Setting, verdicts: readonly Judgement[]): Setting {
  const proposals = [...setting.proposals!];
  let { champion, stack = [] } = setting;
  for (const { experiment, verdict } of verdicts) {
    const proposal = proposals[experiment - 1]!;
    proposals[experiment - 1] = { ...proposal, verdict };
    if (verdict.kind !== 'keep' || (proposal.parent ?? baseline) !== (champion ?? baseline)) continue;
    champion = proposal.commit;
    stack = [...stack, experiment];
  }
  return { ...setting, proposals, ...(champion === undefined ? {} : { champion }), stack };
}

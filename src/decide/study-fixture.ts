import type { Commit, Digest, ExperimentId, HardwareClass, StudyId, TrialId } from '../model/identity.ts';
import type { JudgeContext } from '../model/judge.ts';
import type { Objective } from '../model/objective.ts';
import type { Program } from '../model/program.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import type { Conditions, CurvePoint, EndedTrial, Outcome, Trial, Usage } from '../model/trial.ts';

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
}

export interface Setting {
  readonly proposals?: readonly (Omit<Partial<Proposal>, 'commit' | 'parent'> & {
    commit: string;
    parent?: string;
  })[];
  readonly attempts?: readonly Attempt[];
  readonly objective?: Objective;
  readonly program?: Partial<Program>;
  /** @default the baseline */
  readonly champion?: string;
}

/** A completed trial that no checks were run on. */
export const measured = (value: number, others: Record<string, number> = {}): Outcome => ({
  kind: 'completed',
  measurement: { value, source: 'evaluated' },
  others,
});

/** A study as its ledger would leave it: numbered proposals on the baseline, and trials in the order given. */
export function study(setting: Setting): { state: StudyState; context: JudgeContext } {
  const experiments = new Map<ExperimentId, Experiment>();
  for (const [index, given] of (setting.proposals ?? []).entries()) {
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
    experiments.set(experiment, { proposal, proposedAt: 0, status: 'open' });
  }
  const running = new Map<TrialId, Trial>();
  const ended = new Map<TrialId, EndedTrial>();
  const trialsOf = new Map<Commit, TrialId[]>();
  for (const [index, attempt] of (setting.attempts ?? []).entries()) {
    const trial: Trial = {
      trial: (index + 1) as TrialId,
      commit: attempt.commit as Commit,
      purpose: attempt.purpose ?? 'candidate',
      seed: 1,
      slot: 0,
      conditions: attempt.conditions ?? conditions,
      job: { executor: 'local', key: `test/${index + 1}` },
      submittedAt: 0,
    };
    trialsOf.set(trial.commit, [...(trialsOf.get(trial.commit) ?? []), trial.trial]);
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
    seed: 1,
  } as const;
  const state: StudyState = {
    study: start,
    startedAt: 0,
    experiments,
    open: new Set(experiments.keys()),
    unmerged: new Set(),
    parked: new Set(),
    withdrawn: new Map(),
    running,
    ended,
    trialsOf,
    switchedOff: new Map(),
    inseparable: new Map(),
    certificates: [],
    holdout: [],
    champions: new Map(
      setting.champion === undefined ? [] : [[hardware, { commit: setting.champion as Commit, stack: [] }]],
    ),
    milestones: [],
    imported: [],
    activity: 'running',
    engine: undefined,
    engineSince: 1 as TrialId,
    faultsInARow: 0,
    activeSeconds: 0,
    lastEventAt: 0,
    nextExperiment: (experiments.size + 1) as ExperimentId,
    nextTrial: ((setting.attempts?.length ?? 0) + 1) as TrialId,
    judged: 0,
  };
  const program: Program = {
    objective: setting.objective ?? objective,
    edit: ['a'],
    provide: [],
    run: 'true',
    scoring: { kind: 'candidate-reported' },
    trial: conditions.budget,
    graceSeconds: 1,
    limits: [],
    guards: [],
    resources: { cpus: 1, gpus: 0 },
    deterministic: false,
    prose: '',
    digest: '' as Digest,
    ...setting.program,
  };
  return { state, context: { program, conditions, progress: new Map() } };
}

import { createHash } from 'node:crypto';
import { eventsOf, eventsOfWithdrawal } from '../../src/decide/champion.ts';
import type { StudyEvent } from '../../src/model/event.ts';
import type {
  Commit,
  Digest,
  ExperimentId,
  HardwareClass,
  StudyId,
  TrialId,
} from '../../src/model/identity.ts';
import type { Decision, Judge, WantedTrial } from '../../src/model/judge.ts';
import type { Program } from '../../src/model/program.ts';
import { plainProgram } from '../../src/model/program-fixture.ts';
import type { Origin } from '../../src/model/proposal.ts';
import { championOn } from '../../src/model/study.ts';
import {
  atFidelity,
  CHECKPOINTS,
  type Conditions,
  type CurvePoint,
  type Outcome,
  type TrialRequest,
} from '../../src/model/trial.ts';
import { apply, createState, type WorkingState } from '../../src/record/replay.ts';
import type { Idea, World } from './world.ts';

/** Seconds of one whole trial. */
const TRIAL_SECONDS = 300;
/** Decisions between two trials: more of them never end. */
const MOST_DECISIONS = 1000;
const OBJECTIVE = 'val_bpb';
const HARDWARE = 'simulated' as HardwareClass;
const DIGEST = '0'.repeat(64) as Digest;

export const conditions: Conditions = {
  hardware: HARDWARE,
  budget: { clock: 'wall', seconds: TRIAL_SECONDS },
  fidelity: 1,
  company: 'alone',
  provided: DIGEST,
};

/** What is told of a trial before a whole one has ended. */
export type Told = 'nothing' | 'progress' | 'short trials';

/** Share of the whole budget that a short trial gets. */
const SHORT_SHARE = 0.2;

function commitOf(text: string): Commit {
  return createHash('sha1').update(text).digest('hex') as Commit;
}

/** A study of a judge in a simulated world, one slot, through the same fold over the same events as a real one. */
export class SimulatedStudy {
  readonly state: WorkingState;
  readonly #world: World;
  readonly #judge: Judge;
  readonly #program: Program;
  readonly #told: Told;
  /** True values; the baseline's is 0. */
  readonly #levels = new Map<Commit, number>();
  readonly #crashes = new Set<Commit>();
  readonly #ideas = new Map<ExperimentId, Idea>();
  #sequence = 1;
  #decisionsInARow = 0;
  decisionMilliseconds = 0;
  decisions = 0;

  constructor(world: World, judge: Judge, told: Told) {
    this.#world = world;
    this.#judge = judge;
    this.#told = told;
    const baseline = commitOf('baseline');
    this.#levels.set(baseline, 0);
    const objective = {
      name: OBJECTIVE,
      unit: 'bits/byte',
      direction: 'maximize',
      minimumEffect: world.setting.minimumEffect,
    } as const;
    const start: StudyEvent = {
      kind: 'study-start',
      study: 'simulated' as StudyId,
      lab: '',
      objective,
      program: DIGEST,
      baseline,
      uncommitted: [],
      seed: 1,
    };
    this.state = createState(this.#entry(start));
    this.#program = plainProgram({
      objective,
      trial: conditions.budget,
      digest: DIGEST,
      ...(told === 'short trials' ? { screen: SHORT_SHARE } : {}),
    });
    this.#append({
      kind: 'engine-start',
      version: '0',
      node: '24',
      pid: 1,
      host: 'simulated',
      slots: 1,
      hardware: HARDWARE,
      program: DIGEST,
    });
  }

  /** True effect of an experiment's change, whichever champion it stands on. */
  effectOf(experiment: ExperimentId): number {
    return this.#ideas.get(experiment)!.effect;
  }

  /** True effects of the changes that were certified. */
  get certified(): number[] {
    return this.state.certificates.flatMap(({ of }) =>
      of.kind === 'change' ? this.effectOf(of.experiment) : [],
    );
  }

  run(): void {
    while (!this.#world.isOver) {
      if (this.#record(this.#decide(new Map()))) continue;
      this.#propose();
      const [wanted] = this.#decide(new Map()).wanted;
      if (!wanted) throw new Error('the judge wants nothing, although an idea waits');
      this.#try(wanted);
      this.#decisionsInARow = 0;
    }
  }

  /** Whether there was anything to record, as the loop does it. */
  #record(decision: Decision): boolean {
    const before = this.#sequence;
    for (const event of eventsOf(this.state, decision, HARDWARE)) this.#append(event);
    for (const { experiment, reason } of decision.withdrawals) {
      const champion = championOn(this.state, HARDWARE);
      if (!champion.stack.includes(experiment)) continue;
      const to = this.#without(champion.commit, [experiment]);
      for (const event of eventsOfWithdrawal(this.state, HARDWARE, { experiment, reason, to }))
        this.#append(event);
    }
    return this.#sequence > before;
  }

  #decide(progress: ReadonlyMap<TrialId, readonly CurvePoint[]>): Decision {
    this.#decisionsInARow += 1;
    if (this.#decisionsInARow > MOST_DECISIONS) throw new Error('the judge decides on and on');
    const before = performance.now();
    const decision = this.#judge(this.state, 1, { program: this.#program, conditions, progress });
    this.decisionMilliseconds += performance.now() - before;
    this.decisions += 1;
    return decision;
  }

  /** One idea waits at any time, on the champion of that moment; what was kept beside it is carried over first. */
  #propose(): void {
    for (const kept of [...this.state.unmerged]) {
      this.#add(this.#ideas.get(kept)!, { kind: 'merge', of: kept });
    }
    for (const id of this.state.open) {
      if (!this.state.trialsOf.has(this.state.experiments.get(id)!.proposal.commit)) return;
    }
    this.#add(this.#world.propose(), { kind: 'researcher', name: 'simulation' });
  }

  #add(idea: Idea, origin: Origin): void {
    const experiment = this.state.nextExperiment;
    const parent = championOn(this.state, HARDWARE).commit;
    const commit = commitOf(`experiment ${experiment}`);
    this.#levels.set(commit, this.#levels.get(parent)! + idea.effect);
    this.#ideas.set(experiment, idea);
    if (idea.crashes) this.#crashes.add(commit);
    this.#append({
      kind: 'proposal-add',
      experiment,
      hypothesis: 'simulated',
      category: 'other',
      edit: `edit=${experiment}`,
      origin,
      parent,
      commit,
    });
  }

  /** A champion without some of its changes is worse by what they do: effects add up. */
  #without(champion: Commit, experiments: readonly ExperimentId[]): Commit {
    if (experiments.length === 0) return champion;
    const commit = commitOf(`${champion} without ${experiments.join()}`);
    const lost = experiments.reduce((sum, id) => sum + this.effectOf(id), 0);
    this.#levels.set(commit, this.#levels.get(champion)! - lost);
    return commit;
  }

  #try({ worth: _, fidelity = 1, ...wanted }: WantedTrial): void {
    const trial = this.state.nextTrial;
    const job = { executor: 'simulated', key: `simulated/${trial}` };
    const { switchedOff } = wanted;
    const commit = switchedOff ? this.#without(switchedOff.champion, switchedOff.experiments) : wanted.commit;
    const request = { ...wanted, commit };
    const own = atFidelity(conditions, fidelity);
    this.#append({ kind: 'trial-submit', ...request, trial, slot: 0, conditions: own, job });
    // Made while trials run, as the engine does it.
    this.#propose();
    const before = this.#world.used;
    const { outcome, curve } =
      fidelity < 1 ? this.#shortOutcomeOf(request, fidelity) : this.#outcomeOf(request, trial);
    const usage = {
      wallSeconds: (this.#world.used - before) * TRIAL_SECONDS,
      cpuSeconds: 0,
      peakMemoryBytes: 0,
    };
    this.#append({ kind: 'trial-end', trial, outcome, usage, curve: this.#told === 'progress' ? curve : [] });
  }

  #shortOutcomeOf({ commit }: TrialRequest, share: number): { outcome: Outcome; curve: CurvePoint[] } {
    if (this.#crashes.has(commit)) {
      this.#world.crash(share);
      return { outcome: { kind: 'crash', stage: 'run', how: 'simulated' }, curve: [] };
    }
    const value = this.#world.short(this.#levels.get(commit)!, share);
    return {
      outcome: { kind: 'completed', measurement: { value, source: 'evaluated' }, others: {} },
      curve: [],
    };
  }

  #outcomeOf({ commit, seed }: TrialRequest, trial: TrialId): { outcome: Outcome; curve: CurvePoint[] } {
    if (this.#crashes.has(commit)) {
      this.#world.crash();
      return { outcome: { kind: 'crash', stage: 'run', how: 'simulated' }, curve: [] };
    }
    let stop: Decision['stops'][number] | undefined;
    const run = this.#world.run(this.#levels.get(commit)!, seed, (curve) => {
      if (this.#told !== 'progress') return true;
      stop = this.#decide(new Map([[trial, pointsOf(curve)]])).stops[0];
      return stop === undefined;
    });
    if (run.kind === 'completed') {
      const measurement = { value: run.sample.value, source: 'evaluated' } as const;
      return { outcome: { kind: 'completed', measurement, others: {} }, curve: pointsOf(run.curve) };
    }
    if (stop === undefined || run.kind !== 'stopped') throw new Error('only the judge stops a trial');
    const { forecast, reason } = stop;
    return { outcome: { kind: 'stopped', forecast, reason }, curve: pointsOf(run.curve) };
  }

  #append(event: StudyEvent): void {
    apply(this.state, this.#entry(event));
    if (event.kind !== 'champion-move') return;
    const idea = this.#ideas.get(event.cause.experiment)!;
    if (event.cause.kind === 'withdrawal') this.#world.withdraw(idea);
    else this.#world.keep(idea);
  }

  #entry(event: StudyEvent) {
    return {
      sequence: this.#sequence++,
      version: 1,
      at: this.#world.used * TRIAL_SECONDS * 1000,
      author: 'simulated',
      previous: DIGEST,
      event,
    };
  }
}

function pointsOf(curve: readonly number[]): CurvePoint[] {
  return curve.map((value, index) => ({ progress: CHECKPOINTS[index]!, values: { [OBJECTIVE]: value } }));
}

import { createHash } from 'node:crypto';
import { eventsOf } from '../../src/decide/champion.ts';
import type { StudyEvent } from '../../src/model/event.ts';
import type { Commit, Digest, ExperimentId, HardwareClass, StudyId, TrialId } from '../../src/model/identity.ts';
import type { Decision, Judge, WantedTrial } from '../../src/model/judge.ts';
import type { Program } from '../../src/model/program.ts';
import { championOn, type StudyState } from '../../src/model/study.ts';
import { CHECKPOINTS, type Conditions, type CurvePoint, type Outcome } from '../../src/model/trial.ts';
import { apply, createState, type WorkingState } from '../../src/record/replay.ts';
import type { World } from './world.ts';

/** Seconds of one whole trial. */
const TRIAL_SECONDS = 300;
const OBJECTIVE = 'val_bpb';
const HARDWARE = 'simulated' as HardwareClass;
const DIGEST = '0'.repeat(64) as Digest;

const conditions: Conditions = {
  hardware: HARDWARE,
  budget: { clock: 'wall', seconds: TRIAL_SECONDS },
  fidelity: 1,
  company: 'alone',
  provided: DIGEST,
};

function commitOf(text: string): Commit {
  return createHash('sha1').update(text).digest('hex') as Commit;
}

/** A study of a judge in a simulated world, one slot, through the same fold over the same events as a real one. */
export class SimulatedStudy {
  readonly state: WorkingState;
  readonly #world: World;
  readonly #judge: Judge;
  readonly #program: Program;
  readonly #streams: boolean;
  /** True values; the baseline's is 0. */
  readonly #levels = new Map<Commit, number>();
  readonly #crashes = new Set<Commit>();
  #sequence = 1;
  readonly effects = new Map<ExperimentId, number>();
  decisionMilliseconds = 0;
  decisions = 0;

  constructor(world: World, judge: Judge, streams: boolean) {
    this.#world = world;
    this.#judge = judge;
    this.#streams = streams;
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
    this.#program = {
      objective,
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
      digest: DIGEST,
    };
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

  run(): void {
    while (!this.#world.isOver) {
      const decision = this.#decide(new Map());
      if (decision.verdicts.length > 0 || decision.certificates.length > 0) {
        for (const event of eventsOf(this.state, decision, HARDWARE)) this.#append(event);
        continue;
      }
      this.#propose();
      const [wanted] = this.#decide(new Map()).wanted;
      if (wanted) this.#try(wanted);
    }
  }

  #decide(progress: ReadonlyMap<TrialId, readonly CurvePoint[]>): Decision {
    const before = performance.now();
    const decision = this.#judge(this.state, 1, { program: this.#program, conditions, progress });
    this.decisionMilliseconds += performance.now() - before;
    this.decisions += 1;
    return decision;
  }

  /** One idea waits at any time, on the champion of that moment. */
  #propose(): void {
    for (const id of this.state.open) {
      if (!this.state.trialsOf.has(this.state.experiments.get(id)!.proposal.commit)) return;
    }
    const experiment = this.state.nextExperiment;
    const idea = this.#world.propose();
    const parent = championOn(this.state, HARDWARE).commit;
    const commit = commitOf(`experiment ${experiment}`);
    this.#levels.set(commit, this.#levels.get(parent)! + idea.effect);
    this.effects.set(experiment, idea.effect);
    if (idea.crashes) this.#crashes.add(commit);
    this.#append({
      kind: 'proposal-add',
      experiment,
      hypothesis: 'simulated',
      category: 'other',
      edit: `edit=${experiment}`,
      origin: { kind: 'researcher', name: 'simulation' },
      parent,
      commit,
    });
  }

  #try({ worth: _, ...request }: WantedTrial): void {
    const trial = this.state.nextTrial;
    const job = { executor: 'simulated', key: `simulated/${trial}` };
    this.#append({ kind: 'trial-submit', ...request, trial, slot: 0, conditions, job });
    // Made while trials run, as the engine does it.
    this.#propose();
    const before = this.#world.used;
    const { outcome, curve } = this.#outcomeOf(request, trial);
    const usage = {
      wallSeconds: (this.#world.used - before) * TRIAL_SECONDS,
      cpuSeconds: 0,
      peakMemoryBytes: 0,
    };
    this.#append({ kind: 'trial-end', trial, outcome, usage, curve: this.#streams ? curve : [] });
  }

  #outcomeOf(
    { commit, seed }: Omit<WantedTrial, 'worth'>,
    trial: TrialId,
  ): { outcome: Outcome; curve: CurvePoint[] } {
    if (this.#crashes.has(commit)) {
      this.#world.crash();
      return { outcome: { kind: 'crash', stage: 'run', how: 'simulated' }, curve: [] };
    }
    let stop: Decision['stops'][number] | undefined;
    const run = this.#world.run(this.#levels.get(commit)!, seed, (curve) => {
      if (!this.#streams) return true;
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
    const level = this.#levels.get(event.to)!;
    const { cause } = event;
    if (cause.kind !== 'withdrawal') this.#world.keep(this.effects.get(cause.experiment)!);
    this.#world.champion = level;
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


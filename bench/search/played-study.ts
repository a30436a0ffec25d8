import { createHash } from 'node:crypto';
import { eventsOf } from '../../src/decide/champion.ts';
import type { StudyEvent } from '../../src/model/event.ts';
import type { Commit, Digest, HardwareClass, StudyId, TrialId } from '../../src/model/identity.ts';
import type { Decision, Judge, WantedTrial } from '../../src/model/judge.ts';
import type { Objective } from '../../src/model/objective.ts';
import type { Program } from '../../src/model/program.ts';
import { plainProgram } from '../../src/model/program-fixture.ts';
import type { Draft } from '../../src/model/proposal.ts';
import { seedOf } from '../../src/model/random.ts';
import type { Researcher } from '../../src/model/researcher.ts';
import { championOn } from '../../src/model/study.ts';
import type { Conditions, Outcome } from '../../src/model/trial.ts';
import { changed } from '../../src/propose/fixtures/play.ts';
import { apply, createState, type WorkingState } from '../../src/record/replay.ts';

export type Sources = ReadonlyMap<string, string>;

/** What is played. */
export interface Game {
  readonly sources: Sources;
  readonly objective: Objective;
  readonly deterministic: boolean;
  readonly seed: number;
  /** The score of a trial of these sources under a seed; undefined where it crashes. */
  readonly score: (sources: Sources, seed: number) => number | undefined;
  readonly researcher: Researcher;
  readonly judge: Judge;
}

export interface Played {
  readonly state: WorkingState;
  /** The champion's sources after each trial. */
  readonly champions: readonly Sources[];
  /** What thinking took, in milliseconds a proposal. */
  readonly thinking: number;
}

const HARDWARE = 'played' as HardwareClass;
const DIGEST = '0'.repeat(64) as Digest;
const TRIAL_SECONDS = 60;
/** Decisions between two trials: more of them never end. */
const MOST_DECISIONS = 1000;
const conditions: Conditions = {
  hardware: HARDWARE,
  budget: { clock: 'wall', seconds: TRIAL_SECONDS },
  fidelity: 1,
  company: 'alone',
  provided: DIGEST,
};

/**
 * A study of one slot without processes or a repository: the product's judge and researcher, through the same fold over the same
 * events as a real one, until `trials` were run or the researcher has no further idea. Nothing is certified.
 */
export async function play(game: Game, trials: number): Promise<Played> {
  const table = new Table(game);
  const champions: Sources[] = [];
  while (champions.length < trials) {
    const wanted = await table.nextTrial();
    if (wanted === undefined) break;
    table.try(wanted);
    table.settle();
    champions.push(table.champion);
  }
  return { state: table.state, champions, thinking: table.thinking / Math.max(1, table.thoughts) };
}

class Table {
  readonly state: WorkingState;
  thinking = 0;
  thoughts = 0;
  readonly #game: Game;
  readonly #program: Program;
  readonly #sources = new Map<Commit, Sources>();
  #sequence = 1;

  constructor(game: Game) {
    this.#game = game;
    const baseline = commitOf('baseline');
    this.#sources.set(baseline, game.sources);
    const { objective, deterministic } = game;
    this.#program = plainProgram({ objective, deterministic, trial: conditions.budget, digest: DIGEST });
    this.state = createState(
      this.#entry({
        kind: 'study-start',
        study: 'played' as StudyId,
        lab: '',
        objective: game.objective,
        program: DIGEST,
        baseline,
        uncommitted: [],
        seed: game.seed,
      }),
    );
    this.#append({
      kind: 'engine-start',
      version: '0',
      node: '24',
      pid: 1,
      host: 'played',
      slots: 1,
      hardware: HARDWARE,
      program: DIGEST,
    });
  }

  get champion(): Sources {
    return this.#sources.get(championOn(this.state, HARDWARE).commit)!;
  }

  /** Undefined where nothing is left to try. */
  async nextTrial(): Promise<WantedTrial | undefined> {
    this.settle();
    if (!this.#waits()) await this.#propose();
    return this.#decide().wanted[0];
  }

  #waits(): boolean {
    return [...this.state.open].some(
      (id) => !this.state.trialsOf.has(this.state.experiments.get(id)!.proposal.commit),
    );
  }

  async #propose(): Promise<void> {
    const { commit } = championOn(this.state, HARDWARE);
    const brief = {
      program: this.#program,
      champion: commit,
      sources: this.#sources.get(commit)!,
      unshown: new Map(),
      state: this.state,
      lastFailure: undefined,
      suggestions: [],
      seed: seedOf(this.#game.seed, this.state.nextExperiment),
    };
    const before = performance.now();
    const [draft] = await this.#game.researcher.propose(brief, 1, new AbortController().signal, () => {});
    this.thinking += performance.now() - before;
    this.thoughts++;
    if (draft !== undefined) this.#add(draft, commit);
  }

  #add(draft: Draft, parent: Commit): void {
    const experiment = this.state.nextExperiment;
    const commit = commitOf(`experiment ${experiment}`);
    this.#sources.set(commit, changed(this.#sources.get(parent)!, draft));
    const { hypothesis, category, edit, expectedGain } = draft;
    this.#append({
      kind: 'proposal-add',
      experiment,
      hypothesis,
      category,
      edit,
      origin: { kind: 'researcher', name: this.#game.researcher.name },
      parent,
      commit,
      ...(expectedGain === undefined ? {} : { expectedGain }),
    });
  }

  try({ worth: _, ...wanted }: WantedTrial): void {
    const trial = this.state.nextTrial;
    const job = { executor: 'played', key: `played/${trial}` };
    this.#append({ kind: 'trial-submit', ...wanted, trial, slot: 0, conditions, job });
    const usage = { wallSeconds: TRIAL_SECONDS, cpuSeconds: 0, peakMemoryBytes: 0 };
    this.#append({ kind: 'trial-end', trial, outcome: this.#outcomeOf(wanted), usage, curve: [] });
  }

  #outcomeOf({ commit, seed }: Omit<WantedTrial, 'worth'>): Outcome {
    const value = this.#game.score(this.#sources.get(commit)!, seed);
    if (value === undefined) return { kind: 'crash', stage: 'run', how: 'played' };
    return { kind: 'completed', measurement: { value, source: 'evaluated' }, others: {} };
  }

  /** Records what the judge decides until it decides nothing more. */
  settle(): void {
    for (let decisions = 0; decisions < MOST_DECISIONS; decisions++) {
      const events = eventsOf(this.state, this.#decide(), HARDWARE);
      if (events.length === 0) return;
      for (const event of events) this.#append(event);
    }
    throw new Error('the judge decides on and on');
  }

  /** Certificates are for real studies: their trials would not be the researcher's. */
  #decide(): Decision {
    const context = { program: this.#program, conditions, progress: new Map<TrialId, never>() };
    const decision = this.#game.judge(this.state, 1, context);
    return {
      ...decision,
      withdrawals: [],
      wanted: decision.wanted.filter(({ purpose }) => purpose !== 'certify'),
    };
  }

  #append(event: StudyEvent): void {
    apply(this.state, this.#entry(event));
  }

  #entry(event: StudyEvent) {
    const at = this.#sequence * 1000;
    return { sequence: this.#sequence++, version: 1, at, author: 'played', previous: DIGEST, event };
  }
}

function commitOf(text: string): Commit {
  return createHash('sha1').update(text).digest('hex') as Commit;
}

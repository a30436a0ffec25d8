import type { Certificate } from '../model/certificate.ts';
import type { Champion, ChampionMove } from '../model/champion.ts';
import type { EventOf, LedgerEntry, ReportedExperiment } from '../model/event.ts';
import type { HoldoutAnswer } from '../model/holdout.ts';
import type { Commit, ExperimentId, HardwareClass, TrialId } from '../model/identity.ts';
import { addPrice, NOTHING_SPENT, type Spending } from '../model/spending.ts';
import type { Experiment, Milestone, StudyState } from '../model/study.ts';
import type { EndedTrial, Trial } from '../model/trial.ts';
import type { Comparison } from '../model/verdict.ts';
import { mayReturn } from '../model/verdict.ts';
import { contradiction } from './contradiction.ts';
import { LedgerFault } from './fault.ts';
import { heldEnd, heldProposal, heldTrial, heldVerdict } from './held.ts';

/** The study as this folder alone may write it; everyone else holds it as a `StudyState`. */
export interface WorkingState extends StudyState {
  readonly experiments: Map<ExperimentId, Experiment>;
  readonly open: Set<ExperimentId>;
  readonly unmerged: Set<ExperimentId>;
  readonly parked: Set<ExperimentId>;
  readonly withdrawn: Map<ExperimentId, string>;
  readonly running: Map<TrialId, Trial>;
  readonly ended: Map<TrialId, EndedTrial>;
  readonly trialsOf: Map<Commit, readonly TrialId[]>;
  readonly switchedOff: Map<Commit, readonly TrialId[]>;
  readonly inseparable: Map<Commit, Set<ExperimentId>>;
  readonly certificates: Certificate[];
  readonly holdout: HoldoutAnswer[];
  readonly champions: Map<HardwareClass, Champion>;
  readonly milestones: Milestone[];
  readonly imported: ReportedExperiment[];
  readonly spending: Map<string, Spending>;
  readonly failing: Map<string, { reason: string; at: number }>;
  activity: StudyState['activity'];
  engine: StudyState['engine'];
  engineSince: TrialId;
  faultsInARow: number;
  activeSeconds: number;
  lastEventAt: number;
  nextExperiment: ExperimentId;
  nextTrial: TrialId;
  judged: number;
  verdicts: number;
}

/** The state after the first entry. Throws a LedgerFault where that does not start a study. */
export function createState({ sequence, at, event }: LedgerEntry): WorkingState {
  if (event.kind !== 'study-start')
    throw new LedgerFault(`entry ${sequence}: ${event.kind}, but a ledger begins with study-start`);
  return {
    study: event,
    startedAt: at,
    experiments: new Map(),
    open: new Set(),
    unmerged: new Set(),
    parked: new Set(),
    withdrawn: new Map(),
    running: new Map(),
    ended: new Map(),
    trialsOf: new Map(),
    switchedOff: new Map(),
    inseparable: new Map(),
    certificates: [],
    holdout: [],
    champions: new Map(),
    milestones: [],
    imported: [],
    spending: new Map(),
    failing: new Map(),
    activity: 'stopped',
    engine: undefined,
    engineSince: 1 as TrialId,
    faultsInARow: 0,
    activeSeconds: 0,
    lastEventAt: at,
    nextExperiment: 1 as ExperimentId,
    nextTrial: 1 as TrialId,
    judged: 0,
    verdicts: 0,
  };
}

/** A state that can be written without a trace in this one, and that stays as it is. Linear in the study's size. */
export function copyState(state: StudyState): WorkingState {
  return {
    ...state,
    experiments: new Map(state.experiments),
    open: new Set(state.open),
    unmerged: new Set(state.unmerged),
    parked: new Set(state.parked),
    withdrawn: new Map(state.withdrawn),
    running: new Map(state.running),
    ended: new Map(state.ended),
    trialsOf: new Map(state.trialsOf),
    switchedOff: new Map(state.switchedOff),
    inseparable: new Map([...state.inseparable].map(([commit, changes]) => [commit, new Set(changes)])),
    certificates: [...state.certificates],
    holdout: [...state.holdout],
    champions: new Map(state.champions),
    milestones: [...state.milestones],
    imported: [...state.imported],
    spending: new Map(state.spending),
    failing: new Map(state.failing),
  };
}

/**
 * Takes one more entry into the state, in time that grows with the trials of one commit alone.
 * Throws a LedgerFault, and leaves the state as it was, where the entry contradicts what came before it.
 */
export function apply(state: WorkingState, { sequence, at, event }: LedgerEntry): void {
  const problem = contradiction(state, event);
  if (problem !== undefined) throw new LedgerFault(`entry ${sequence}: ${problem}`);
  passTime(state, at, event.kind);
  switch (event.kind) {
    case 'study-start':
      // Only ever the first entry, which createState takes.
      return;
    case 'engine-stop':
      state.activity = 'stopped';
      return;
    case 'engine-start':
      state.engine = event;
      state.engineSince = state.nextTrial;
      state.faultsInARow = 0;
      state.activity = 'running';
      return;
    case 'study-pause':
      state.activity = 'paused';
      return;
    case 'study-resume':
      state.activity = 'running';
      return;
    case 'proposal-add':
      addProposal(state, event, at);
      return;
    case 'proposal-set-aside': {
      const { proposal, proposedAt } = experimentOf(state, event.experiment);
      settle(state, { proposal, proposedAt, status: 'set-aside', reason: event.reason });
      // What was kept is never lost for want of a try: it waits for its next merge.
      if (proposal.origin.kind === 'merge') state.unmerged.add(proposal.origin.of);
      return;
    }
    case 'thought-pay': {
      const { researcher } = event;
      state.spending.set(researcher, addPrice(state.spending.get(researcher) ?? NOTHING_SPENT, event));
      state.failing.delete(researcher);
      return;
    }
    case 'thought-fail':
      state.failing.set(event.researcher, { reason: event.reason, at });
      return;
    case 'trial-submit':
      submitTrial(state, event, at);
      return;
    case 'trial-end':
      endTrial(state, event);
      return;
    case 'verdict':
      takeVerdict(state, event, at);
      return;
    case 'champion-move':
      moveChampion(state, event, at);
      return;
    case 'merge-conflict':
      state.unmerged.delete(event.experiment);
      return;
    case 'switch-conflict':
      entryOf(state.inseparable, event.champion, () => new Set()).add(event.experiment);
      return;
    case 'certificate': {
      const { kind: _, ...certificate } = event;
      state.certificates.push(certificate);
      return;
    }
    case 'holdout-answer': {
      const { kind: _, ...answer } = event;
      state.holdout.push(answer);
      return;
    }
    case 'history-import':
      for (const row of event.rows) state.imported.push(row);
      return;
    default:
      event satisfies never;
  }
}

/**
 * Of two states that have both taken in these entries the second takes over what the first made of them: what lasts is in memory
 * once.
 */
export function share(from: StudyState, to: WorkingState, entries: readonly LedgerEntry[]): void {
  for (const { event } of entries) {
    switch (event.kind) {
      case 'proposal-add':
      case 'proposal-set-aside':
      case 'verdict':
        takeOver(from.experiments, to.experiments, event.experiment);
        break;
      case 'trial-submit':
        takeOver(from.trialsOf, to.trialsOf, event.commit);
        takeOver(from.running, to.running, event.trial);
        break;
      case 'trial-end':
        takeOver(from.ended, to.ended, event.trial);
        break;
      default:
      // Of the others there are few, or they add nothing that lasts.
    }
  }
}

function takeOver<Key, Value>(from: ReadonlyMap<Key, Value>, to: Map<Key, Value>, key: Key): void {
  const value = from.get(key);
  if (value !== undefined) to.set(key, value);
}

/** The whole fold. Throws a LedgerFault that names the first entry which contradicts those before it. */
export function replay(entries: Iterable<LedgerEntry>): StudyState {
  let state: WorkingState | undefined;
  for (const entry of entries) {
    if (state === undefined) state = createState(entry);
    else apply(state, entry);
  }
  if (state === undefined) throw new LedgerFault('a ledger without entries has no study to replay');
  return state;
}

/**
 * An engine that died was at work until its last event; what passes before the next engine starts is nobody's, and a
 * pause uses up no budget.
 */
function passTime(state: WorkingState, at: number, kind: LedgerEntry['event']['kind']): void {
  // A clock that was set back must not count the same time twice.
  const now = Math.max(at, state.lastEventAt);
  if (state.activity === 'running' && kind !== 'engine-start')
    state.activeSeconds += (now - state.lastEventAt) / 1000;
  state.lastEventAt = now;
}

function experimentOf(state: WorkingState, id: ExperimentId): Experiment {
  const experiment = state.experiments.get(id);
  if (experiment === undefined) throw new LedgerFault(`experiment ${id} is unknown`);
  return experiment;
}

function addProposal(state: WorkingState, event: EventOf<'proposal-add'>, at: number): void {
  const proposal = heldProposal(event);
  state.experiments.set(proposal.experiment, { proposal, proposedAt: at, status: 'open' });
  state.open.add(proposal.experiment);
  if (proposal.origin.kind === 'merge') state.unmerged.delete(proposal.origin.of);
  state.nextExperiment = (proposal.experiment + 1) as ExperimentId;
}

function settle(state: WorkingState, experiment: Experiment): void {
  const id = experiment.proposal.experiment;
  state.experiments.set(id, experiment);
  state.open.delete(id);
}

function takeVerdict(
  state: WorkingState,
  { experiment, verdict }: EventOf<'verdict'>,
  judgedAt: number,
): void {
  const { proposal, proposedAt, status } = experimentOf(state, experiment);
  settle(state, { proposal, proposedAt, status: 'judged', verdict: heldVerdict(verdict), judgedAt });
  // What was parked has had a verdict that counts.
  if (status === 'open') state.judged += 1;
  state.verdicts += 1;
  if (mayReturn(verdict)) state.parked.add(experiment);
  else state.parked.delete(experiment);
  // A keep that the champion takes in is named by the champion-move that follows in the same append.
  if (verdict.kind === 'keep') state.unmerged.add(experiment);
}

function moveChampion(state: WorkingState, event: EventOf<'champion-move'>, at: number): void {
  const { cause, stack } = event;
  state.champions.set(event.class, { commit: event.to, stack });
  for (const id of [cause.experiment, ...stack]) {
    state.unmerged.delete(id);
    state.withdrawn.delete(id);
  }
  if (cause.kind === 'withdrawal') state.withdrawn.set(cause.experiment, cause.reason);
  addMilestone(state, event, at);
}

/** What the map holds at a key; made where there is nothing yet. */
function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}

function submitTrial(state: WorkingState, event: EventOf<'trial-submit'>, at: number): void {
  const submitted = heldTrial(event, at);
  const { trial, commit, purpose, switchedOff } = submitted;
  state.running.set(trial, submitted);
  addTrial(state.trialsOf, commit, trial);
  // A run in another setting is no evidence in this one.
  if (switchedOff && purpose !== 'transfer') addTrial(state.switchedOff, switchedOff.champion, trial);
  state.nextTrial = (trial + 1) as TrialId;
}

/** Another list: states that were copied share the old one, and one that grew in place would have room for sixteen more. */
function addTrial(trials: Map<Commit, readonly TrialId[]>, commit: Commit, trial: TrialId): void {
  trials.set(commit, (trials.get(commit) ?? []).concat(trial));
}

function endTrial(state: WorkingState, { trial, outcome, usage, curve }: EventOf<'trial-end'>): void {
  const submitted = state.running.get(trial);
  if (submitted === undefined) throw new LedgerFault(`trial ${trial} is not running`);
  state.running.delete(trial);
  state.ended.set(trial, heldEnd(submitted, { outcome, usage, curve }));
  if (trial < state.engineSince || outcome.kind === 'cancelled') return;
  state.faultsInARow = outcome.kind === 'fault' ? state.faultsInARow + 1 : 0;
}

/** What a kept change scores as far as its verdict believes it; as it was measured where a rule takes scores as they are. */
function believedValue({ study }: WorkingState, { candidate, parent, basis }: Comparison): number {
  if (basis?.kind !== 'posterior') return candidate;
  return study.objective.direction === 'maximize' ? parent + basis.mean : parent - basis.mean;
}

/** A withdrawal may lead to a commit that no experiment measured: then there is no value to show. */
function addMilestone(state: WorkingState, move: ChampionMove, at: number): void {
  const id = move.cause.kind === 'withdrawal' ? move.stack.at(-1) : move.cause.experiment;
  if (id === undefined) return;
  const experiment = experimentOf(state, id);
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return;
  if (move.cause.kind === 'withdrawal' && experiment.proposal.commit !== move.to) return;
  state.milestones.push({ at, experiment: id, value: believedValue(state, experiment.verdict.evidence) });
}

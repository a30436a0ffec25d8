import { type StudyState, stackAt } from '../../model/study.ts';
import { ablationOf } from './ablation.ts';
import { valueOn } from './axis.ts';
import { nearMissPair } from './combination.ts';
import { drawEvolved } from './evolution.ts';
import type { History } from './history.ts';
import { amount } from './hypothesis.ts';
import type { Method } from './method.ts';
import { type Place, placeAnywhere, placeNearby } from './model.ts';
import { type Move, moveTo, overlaps } from './move.ts';
import type { Pool } from './pool.ts';
import type { Thought } from './thought.ts';

/** One proposal before it is written. */
export interface Idea {
  readonly moves: readonly Move[];
  /** Why now; where it is left out the moves' own bases say it. */
  readonly reason?: string;
  readonly expectedGain?: number;
}

/** Half of the last step's gain: returns diminish. */
const MOMENTUM_SHARE = 0.5;
/** Single moves that must have been judged to know what is worth combining. */
const SINGLES_BEFORE_COMBINING = 25;

/** What a method would try next; undefined where it has no idea on this champion. */
export function ideaBy(method: Method, thought: Thought, pool: Pool): Idea | undefined {
  const { random, history, byId, brief } = thought;
  switch (method) {
    case 'steps':
      return stepFrom(pool);
    case 'pairs': {
      if (history.judged < SINGLES_BEFORE_COMBINING) return undefined;
      const isNearMiss = random() < 0.5;
      return isNearMiss ? nearMissPair(byId, history, brief.program.objective, random) : freshPair(pool);
    }
    case 'ablation': {
      const stack = stackAt(brief.state, brief.champion) ?? [];
      const ablation = ablationOf(brief.state, stack, byId, history, random);
      return (
        ablation && {
          moves: ablation.moves,
          reason: `#${ablation.kept} was kept ${changes(ablation.since)} ago, and may not be needed any more`,
        }
      );
    }
    case 'nearby': {
      const landscape = thought.landscape();
      const reach = reachOf(brief.state, history, landscape.axes.length);
      return landscape.axes.length === 0
        ? undefined
        : placed(thought, placeNearby(landscape, reach, random), 'near the champion');
    }
    case 'anywhere': {
      const landscape = thought.landscape();
      return landscape.axes.length === 0
        ? undefined
        : placed(thought, placeAnywhere(landscape, random), 'of all values');
    }
    case 'evolution':
      return placed(thought, drawEvolved(thought.landscape(), random), '');
    default:
      return method satisfies never;
  }
}

function changes(count: number): string {
  return count === 1 ? 'one kept change' : `${count} kept changes`;
}

function stepFrom(pool: Pool): Idea | undefined {
  const move = pool.take();
  if (move === undefined) return undefined;
  const expectedGain = move.basis.kind === 'momentum' ? move.basis.gain * MOMENTUM_SHARE : 0;
  return expectedGain > 0 ? { moves: [move], expectedGain } : { moves: [move] };
}

function freshPair(pool: Pool): Idea | undefined {
  const first = pool.look();
  const second = pool.look();
  if (first === undefined || second === undefined || first.site === second.site) return undefined;
  if (overlaps(first.site, second.site)) return undefined;
  return {
    moves: [first, second],
    reason: 'neither was tried alone; together they may reach what one step does not',
  };
}

/** A place of the landscape as moves of those sites that differ there. */
function placed(thought: Thought, place: Place | undefined, where: string): Idea | undefined {
  if (place === undefined) return undefined;
  const { axes, here, measured } = thought.landscape();
  const moves = axes.flatMap((axis, index) => {
    const isHere = axis.kind === 'number' && Math.abs(place.at[index]! - here[index]!) < place.resolution / 2;
    return isHere ? [] : (moveTo(axis.site, valueOn(axis, place.at[index]!, place.resolution)) ?? []);
  });
  if (moves.length === 0) return undefined;
  const trials = measured.length;
  if (place.forecast === undefined) {
    const reason =
      where === '' ? `drawn from around what was better in ${trials} trials` : 'far from all that was tried';
    return { moves, reason };
  }
  const { gain, deviation } = place.forecast;
  const { objective } = thought.brief.program;
  const verb = gain >= 0 ? 'gain' : 'lose';
  const reason = `by a model of ${trials} trials the most promising ${where}, expected to ${verb} ${amount(Math.abs(gain), objective)}, give or take ${amount(deviation, objective)}`;
  return gain > 0 ? { moves, reason, expectedGain: gain } : { moves, reason };
}

const FIRST_REACH = 0.4;
const MOST_REACH = 0.8;
const LEAST_REACH = 1e-4;
const WIDER = 1.6;
const SUCCESSES_TO_WIDEN = 2;
const LEAST_FAILURES_TO_NARROW = 3;

/** How far around the champion a model looks: wider after keeps in a row, half as far after failures in a row (TuRBO; Eriksson and others, 2019). */
function reachOf(state: StudyState, history: History, axes: number): number {
  const patience = Math.max(LEAST_FAILURES_TO_NARROW, Math.ceil(axes / 2) + 1);
  let reach = FIRST_REACH;
  let successes = 0;
  let failures = 0;
  for (const [id, { method }] of history.proposed) {
    const experiment = state.experiments.get(id);
    if (method !== 'nearby' || experiment?.status !== 'judged') continue;
    const isSuccess = experiment.verdict.kind === 'keep';
    successes = isSuccess ? successes + 1 : 0;
    failures = isSuccess ? 0 : failures + 1;
    if (successes === SUCCESSES_TO_WIDEN) {
      reach = Math.min(MOST_REACH, reach * WIDER);
      successes = 0;
    } else if (failures === patience) {
      reach = Math.max(LEAST_REACH, reach / 2);
      failures = 0;
    }
  }
  return reach;
}

import type { Family } from '../../model/edit.ts';
import type { Objective } from '../../model/objective.ts';
import { stackAt } from '../../model/study.ts';
import { ablationOf } from './ablation.ts';
import { valueOn } from './axis.ts';
import { nearMissPair } from './combination.ts';
import { plateauOf } from './credit.ts';
import { drawEvolved } from './evolution.ts';
import type { FamilyRecord } from './history.ts';
import { amount, whyNow } from './hypothesis.ts';
import type { Landscape } from './landscape.ts';
import type { Method } from './method.ts';
import { type Basis, type Place, placeAnywhere, placeNearby } from './model.ts';
import { type Move, moveTo, overlaps } from './move.ts';
import type { Pool } from './pool.ts';
import { reachOf } from './reach.ts';
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
/** Changes that a champion must have for one of them to have become useless by the others. */
const LEAST_STACK = 4;

/** What a method would try next; undefined where it has no idea on this champion. */
export function ideaBy(method: Method, thought: Thought, pool: Pool): Idea | undefined {
  const { random, history, byId, brief } = thought;
  switch (method) {
    case 'steps':
      return stepFrom(pool, thought);
    case 'pairs': {
      if (history.judged < SINGLES_BEFORE_COMBINING) return undefined;
      const isNearMiss = random() < 0.5;
      return isNearMiss ? nearMissPair(byId, history, brief.program.objective, random) : freshPair(pool);
    }
    case 'ablation': {
      const stack = stackAt(brief.state, brief.champion) ?? [];
      if (stack.length < LEAST_STACK) return undefined;
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
      return placed(thought, placeNearby(landscape, reach, random), 'near the champion');
    }
    case 'anywhere':
      return placed(thought, placeAnywhere(thought.landscape(), random), 'of all values');
    case 'evolution':
      return placed(thought, drawEvolved(thought.landscape(), random), 'of all values');
    default:
      return method satisfies never;
  }
}

function changes(count: number): string {
  return count === 1 ? 'one kept change' : `${count} kept changes`;
}

function stepFrom(pool: Pool, { history, earnings, brief }: Thought): Idea | undefined {
  const move = pool.take();
  if (move === undefined) return undefined;
  const { objective } = brief.program;
  const expectedGain = move.basis.kind === 'momentum' ? move.basis.gain * MOMENTUM_SHARE : 0;
  const plateau = move.site.kind === 'number' ? 0 : plateauOf(earnings);
  const reason = [
    whyNow(move.site, move.basis, objective),
    ...(plateau === 0 ? [] : [`${plateau} experiments on numbers kept nothing, so structure comes first`]),
    ...(expectedGain > 0
      ? [`expected to gain ${amount(expectedGain, objective)}`]
      : prospect(history.recordOf(move.site.family), FAMILIES[move.site.family])),
  ].join('; ');
  return { moves: [move], reason, ...(expectedGain > 0 ? { expectedGain } : {}) };
}

/** Of how many like it something may be expected. */
const ENOUGH = 3;

/** `of 9 switches 2 were kept`: all that can be expected of what no model speaks of. */
function prospect({ judged, kept, broken }: Readonly<FamilyRecord>, kind: string): string[] {
  if (judged < ENOUGH) return [];
  const crashed = broken > 0 ? `, ${broken} failed` : '';
  return [
    `of ${judged} ${kind} ${kept === 0 ? 'none was' : kept === 1 ? 'one was' : `${kept} were`} kept${crashed}`,
  ];
}

const FAMILIES: Readonly<Record<Family, string>> = {
  alternatives: 'alternatives',
  switch: 'switches',
  'inner-switch': 'switches within code',
  number: 'steps of numbers',
  'inner-number': 'steps of numbers within code',
  statement: 'removed statements',
  term: 'removed terms',
  kin: 'exchanged functions',
  duplicate: 'doubled statements',
};

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
  if (moves.length === 0 || isAsGoodAsTried(thought.landscape(), place.at)) return undefined;
  const { basis } = place;
  const { objective } = thought.brief.program;
  const reason = reasonOf(basis, measured.length, where, objective);
  return basis.kind === 'forecast' && basis.gain > 0
    ? { moves, reason, expectedGain: basis.gain }
    : { moves, reason };
}

function reasonOf(basis: Basis, trials: number, where: string, objective: Objective): string {
  switch (basis.kind) {
    case 'forecast': {
      const change = `${basis.gain >= 0 ? 'gain' : 'lose'} ${amount(Math.abs(basis.gain), objective)}`;
      return `by a model of ${trials} trials the most promising ${where}, expected to ${change}, give or take ${amount(basis.deviation, objective)}`;
    }
    case 'far from all':
      return 'far from all that was tried';
    case 'drawn':
      return `drawn from around what was better in ${trials} trials`;
    default:
      return basis satisfies never;
  }
}

/** Under noise two points nearer than this along every axis, in shares of it, are one to a judge. */
const NEAREST = 0.02;

/** Where a point is no other than one that was tried, be it by another way. */
function isAsGoodAsTried({ axes, measured, broken, open, luck }: Landscape, at: Float64Array): boolean {
  const nearest = luck === 'some' ? NEAREST : Number.EPSILON;
  return [...measured.map((point) => point.at), ...broken, ...open].some((other) =>
    axes.every(({ kind }, axis) =>
      kind === 'choice' ? at[axis] === other[axis] : Math.abs(at[axis]! - other[axis]!) < nearest,
    ),
  );
}

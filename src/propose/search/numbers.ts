import { editKey } from '../../model/edit.ts';
import type { NumberSite } from '../sites/site.ts';
import type { Attempt, History } from './history.ts';
import type { Basis, Move } from './move.ts';
import {
  type Candidate,
  candidatesOf,
  coordinate,
  moved,
  nearCandidates,
  type Scale,
  scaleOf,
  writeNumber,
} from './scale.ts';

/** In natural steps. Two values nearer than this are one value to a noisy judge. */
const NEAREST = 0.04;
const MOMENTUM_FACTOR = 10;
/** For a value beyond one that failed in the same direction. */
const BEYOND_FAILURE_FACTOR = 0.1;
/** For a value beyond one that crashed: there is a limit between here and there. */
const BEYOND_CRASH_FACTOR = 0.02;
/** Where one side failed and the other was never tried. */
const OTHER_SIDE_FACTOR = 3;
const SAME_SIDE_FACTOR = 0.3;
/** Shorter and longer steps are for where natural ones failed. */
const UNNATURAL_FIRST_FACTOR = 0.15;
/** Removing all of something is a harder change than a step. */
const TO_ZERO_FACTOR = 0.15;

/** What does not change between two attempts at a number: most of thousands of thoughts have no attempt of their own at it. */
interface Ground {
  readonly site: NumberSite;
  readonly attempts: readonly Attempt[];
  readonly scale: Scale;
  readonly kept: Attempt | undefined;
  /** One more step like the one that was kept last, where that is news. */
  readonly onward: number | undefined;
  /** Attempts after it; all where there is none. */
  readonly sinceKeep: number;
  readonly failures: readonly Failure[];
  /** Places on the scale that need no second visit. */
  readonly visited: readonly number[];
  /** What luck has no part in, the likeliest first. */
  readonly near: readonly Candidate[];
  /** The values of these that are worth a move: others are as good as visited. */
  readonly outlooks: ReadonlyMap<number, Outlook | undefined>;
}

interface Failure {
  readonly attempt: Attempt;
  /** From the present value. */
  readonly step: number;
}

/** What may be said of a candidate before the ledger is asked whether just this was tried. */
interface Outlook extends Pick<Move, 'value' | 'text' | 'basis'> {
  readonly key: string;
  readonly factor: number;
}

/** By the ids of sites, one each: a history tells of as many. */
const grounds = new WeakMap<History, Map<string, Ground>>();

/** Where a number could go from its present value, given what became of its other values. */
export function numberMoves(
  site: NumberSite,
  attempts: readonly Attempt[],
  history: History,
  weight: number,
  random: () => number,
): Move[] {
  const ground = rememberedGround(site, attempts, history);
  const { near, outlooks, sinceKeep } = ground;
  const moves: Move[] = [];
  const values = new Set<number>();
  for (const candidate of candidatesOf(site, random, attempts.length, near)) {
    if (values.has(candidate.value)) continue;
    const outlook = outlooks.has(candidate.value)
      ? outlooks.get(candidate.value)
      : outlookOf(site, candidate, ground);
    if (outlook === undefined || history.isTried(outlook.key)) continue;
    values.add(candidate.value);
    const { value, text, basis, factor } = outlook;
    moves.push({
      site,
      value,
      text,
      basis,
      weight: (weight * candidate.weight * factor) / (1 + sinceKeep),
    });
  }
  return moves;
}
function rememberedGround(site: NumberSite, attempts: readonly Attempt[], history: History): Ground {
  const remembered = grounds.get(history) ?? new Map<string, Ground>();
  grounds.set(history, remembered);
  const known = remembered.get(site.id);
  if (known?.site === site && known.attempts === attempts) return known;
  const ground = groundOf(site, attempts);
  remembered.set(site.id, ground);
  return ground;
}

function groundOf(site: NumberSite, attempts: readonly Attempt[]): Ground {
  const scale = scaleOf(site);
  const kept = lastKeep(site, attempts);
  const sinceKeep = kept === undefined ? attempts.length : attempts.length - 1 - attempts.indexOf(kept);
  const onward = kept && sinceKeep === 0 ? momentumStep(site, scale, kept) : undefined;
  const momentum = onward === undefined ? [] : [{ value: onward, weight: MOMENTUM_FACTOR, isNatural: true }];
  const ground = {
    site,
    attempts,
    scale,
    kept,
    onward,
    sinceKeep,
    failures: failuresOf(site, attempts),
    visited: [site.value, ...visitedValues(attempts)].flatMap((value) => coordinate(scale, value) ?? []),
    near: [...momentum, ...nearCandidates(site)],
  };
  const outlooks = new Map<number, Outlook | undefined>();
  for (const candidate of ground.near) {
    if (!outlooks.has(candidate.value)) outlooks.set(candidate.value, outlookOf(site, candidate, ground));
  }
  return { ...ground, outlooks };
}

function outlookOf(
  site: NumberSite,
  candidate: Candidate,
  ground: Omit<Ground, 'outlooks'>,
): Outlook | undefined {
  if (!isNew(site, candidate, ground)) return undefined;
  const value = String(candidate.value);
  return {
    value,
    key: editKey([{ site: site.id, value }]),
    text: writeNumber(site, candidate.value),
    basis: basisOf(candidate.value - site.value, candidate.value, ground),
    factor: factorOf(candidate.value - site.value, candidate, ground.failures),
  };
}

/** The keep that led to the present value, if one did. */
function lastKeep(site: NumberSite, attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.findLast(
    ({ edit, result }) =>
      result.kind === 'keep' && Number(edit.value) === site.value && edit.from !== undefined,
  );
}

/** The same step once more: after 0.001 to 0.002 comes 0.004. */
function momentumStep(site: NumberSite, scale: Scale, kept: Attempt): number | undefined {
  const from = coordinate(scale, Number(kept.edit.from));
  const here = coordinate(scale, site.value);
  if (from === undefined || here === undefined || from === here) return undefined;
  const next = moved(site, here - from);
  return next === site.value ? undefined : next;
}

function failuresOf(site: NumberSite, attempts: readonly Attempt[]): Failure[] {
  return attempts.flatMap((attempt) => {
    const { kind } = attempt.result;
    const isFailure = kind === 'discard' || kind === 'broken';
    return isFailure ? [{ attempt, step: Number(attempt.edit.value) - site.value }] : [];
  });
}

function visitedValues(attempts: readonly Attempt[]): number[] {
  return attempts.flatMap(({ edit }) =>
    [edit.value, edit.from ?? ''].flatMap((value) => (value === '' ? [] : Number(value))),
  );
}

function isNew(
  site: NumberSite,
  { value }: Candidate,
  { scale, visited }: Pick<Ground, 'scale' | 'visited'>,
): boolean {
  if (value === site.value || !Number.isFinite(value)) return false;
  const place = coordinate(scale, value);
  return place === undefined || visited.every((other) => !(Math.abs(other - place) < NEAREST));
}

/** Whether a failure lies between the present value and the one that is so far away, or at it. */
function liesBefore({ step }: Failure, wanted: number): boolean {
  return Math.sign(step) === Math.sign(wanted) && Math.abs(step) <= Math.abs(wanted);
}

function isOtherSide({ step }: Failure, wanted: number): boolean {
  return Math.sign(step) === -Math.sign(wanted);
}

function factorOf(wanted: number, { value, isNatural }: Candidate, failures: readonly Failure[]): number {
  const beyond = failures.filter((failed) => liesBefore(failed, wanted));
  const beyondCrash = beyond.some(({ attempt }) => attempt.result.kind === 'broken');
  const others = failures.filter((failed) => isOtherSide(failed, wanted)).length;
  const sameSide = failures.length > 0 && others === 0;
  const fresh = failures.length > 0 && others === failures.length;
  return (
    (!isNatural && failures.length === 0 ? UNNATURAL_FIRST_FACTOR : 1) *
    (beyondCrash ? BEYOND_CRASH_FACTOR : beyond.length > 0 ? BEYOND_FAILURE_FACTOR : 1) *
    (fresh ? OTHER_SIDE_FACTOR : sameSide ? SAME_SIDE_FACTOR : 1) *
    (value === 0 ? TO_ZERO_FACTOR : 1)
  );
}

function basisOf(
  wanted: number,
  value: number,
  { attempts, failures, kept, onward }: Pick<Ground, 'attempts' | 'failures' | 'kept' | 'onward'>,
): Basis {
  if (value === onward && kept?.result.kind === 'keep')
    return { kind: 'momentum', kept, gain: kept.result.gain };
  const last = failures.at(-1);
  if (last !== undefined && failures.every((failed) => isOtherSide(failed, wanted))) {
    return { kind: 'other-side', failed: last.attempt };
  }
  if (last !== undefined && !isOtherSide(last, wanted) && !liesBefore(last, wanted)) {
    return { kind: 'shorter-step', failed: last.attempt };
  }
  if (attempts.length === 0) return { kind: 'untried' };
  return { kind: 'others-tried', count: attempts.length, best: undefined };
}

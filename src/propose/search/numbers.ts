import type { NumberSite } from '../sites/site.ts';
import { editKey } from './edit.ts';
import type { Attempt, History } from './history.ts';
import type { Basis, Move } from './move.ts';
import {
  type Candidate,
  candidatesOf,
  coordinate,
  moved,
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

/** Where a number could go from its present value, given what became of its other values. */
export function numberMoves(
  site: NumberSite,
  attempts: readonly Attempt[],
  history: History,
  weight: number,
  random: () => number,
): Move[] {
  const candidates = candidatesOf(site, random, attempts.length);
  const scale = scaleOf(site);
  const kept = lastKeep(site, attempts);
  const sinceKeep = kept === undefined ? attempts.length : attempts.length - 1 - attempts.indexOf(kept);
  const failures = failuresOf(attempts);
  const visited = visitedCoordinates(scale, attempts);
  const onward = kept && sinceKeep === 0 ? momentumStep(site, scale, kept) : undefined;
  if (onward !== undefined) candidates.unshift({ value: onward, weight: MOMENTUM_FACTOR, isNatural: true });
  const moves = new Map<string, Move>();
  for (const candidate of candidates) {
    const value = String(candidate.value);
    if (moves.has(value) || !isNew(site, candidate, scale, visited)) continue;
    if (history.isTried(editKey([{ site: site.id, value }]))) continue;
    const momentum = candidate.value === onward ? kept : undefined;
    const basis = basisOf(site, candidate.value, attempts, failures, momentum);
    moves.set(value, {
      site,
      value,
      text: writeNumber(site, candidate.value),
      basis,
      weight: (weight * candidate.weight * factorOf(site, candidate, failures)) / (1 + sinceKeep),
    });
  }
  return [...moves.values()];
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

function failuresOf(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter(({ result }) => result.kind === 'discard' || result.kind === 'broken');
}

function visitedCoordinates(scale: Scale, attempts: readonly Attempt[]): number[] {
  return attempts.flatMap(({ edit }) =>
    [edit.value, edit.from ?? ''].flatMap((value) =>
      value === '' ? [] : (coordinate(scale, Number(value)) ?? []),
    ),
  );
}

function isNew(site: NumberSite, { value }: Candidate, scale: Scale, visited: readonly number[]): boolean {
  if (value === site.value || !Number.isFinite(value)) return false;
  const place = coordinate(scale, value);
  if (place === undefined) return true;
  const here = coordinate(scale, site.value);
  return [...visited, here ?? Number.NaN].every((other) => !(Math.abs(other - place) < NEAREST));
}

/** Whether `failed` lies between the present value and `value`, or at it. */
function liesBefore(site: NumberSite, failed: Attempt, value: number): boolean {
  const step = Number(failed.edit.value) - site.value;
  const wanted = value - site.value;
  return Math.sign(step) === Math.sign(wanted) && Math.abs(step) <= Math.abs(wanted);
}

function isOtherSide(site: NumberSite, failed: Attempt, value: number): boolean {
  return Math.sign(Number(failed.edit.value) - site.value) === -Math.sign(value - site.value);
}

function factorOf(site: NumberSite, { value, isNatural }: Candidate, failures: readonly Attempt[]): number {
  const beyond = failures.some((failed) => liesBefore(site, failed, value));
  const beyondCrash = failures.some(
    (failed) => failed.result.kind === 'broken' && liesBefore(site, failed, value),
  );
  const sameSide = failures.length > 0 && failures.every((failed) => !isOtherSide(site, failed, value));
  const fresh = failures.length > 0 && failures.every((failed) => isOtherSide(site, failed, value));
  return (
    (!isNatural && failures.length === 0 ? UNNATURAL_FIRST_FACTOR : 1) *
    (beyondCrash ? BEYOND_CRASH_FACTOR : beyond ? BEYOND_FAILURE_FACTOR : 1) *
    (fresh ? OTHER_SIDE_FACTOR : sameSide ? SAME_SIDE_FACTOR : 1) *
    (value === 0 ? TO_ZERO_FACTOR : 1)
  );
}

function basisOf(
  site: NumberSite,
  value: number,
  attempts: readonly Attempt[],
  failures: readonly Attempt[],
  momentum: Attempt | undefined,
): Basis {
  if (momentum?.result.kind === 'keep')
    return { kind: 'momentum', kept: momentum, gain: momentum.result.gain };
  const last = failures.at(-1);
  if (last !== undefined && failures.every((failed) => isOtherSide(site, failed, value))) {
    return { kind: 'other-side', failed: last };
  }
  if (last !== undefined && !isOtherSide(site, last, value) && !liesBefore(site, last, value)) {
    return { kind: 'shorter-step', failed: last };
  }
  if (attempts.length === 0) return { kind: 'untried' };
  return { kind: 'others-tried', count: attempts.length, best: undefined };
}

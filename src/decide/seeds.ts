import { seedOf } from '../model/random.ts';
import type { StudyState } from '../model/study.ts';
import type { Sample } from '../statistics/noise.ts';

/**
 * The seed of a candidate's next trial: one that its champion was run with, so that both meet on it, each candidate
 * beginning with another one. Where it has met all of them, a fresh one, which the champion may follow.
 */
export function candidateSeed(
  state: StudyState,
  experiment: number,
  candidate: readonly Sample[],
  championSeeds: readonly number[],
): number {
  const met = new Set(candidate.map(({ seed }) => seed));
  const left = championSeeds.filter((seed) => !met.has(seed));
  return left[experiment % Math.max(1, left.length)] ?? freshSeed(state, 0);
}

/** The seed of the champion's next trial: one that a candidate met alone, else a fresh one. */
export function championSeed(
  state: StudyState,
  championSeeds: readonly number[],
  candidateSeeds: readonly number[],
): number {
  const known = new Set(championSeeds);
  return candidateSeeds.find((seed) => !known.has(seed)) ?? freshSeed(state, 0);
}

/** Seeds that no trial of the study had, by the number of the trial that takes them. */
export function freshSeed(state: StudyState, further: number): number {
  return seedOf(state.study.seed, state.nextTrial + further);
}

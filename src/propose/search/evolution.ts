import { drawFrom, generationSize, learnGeneration, startEvolution } from '../../statistics/evolution.ts';
import type { Landscape } from './landscape.ts';
import type { Place } from './model.ts';

/** Standard deviation of the first generation, in shares of the axes. */
const FIRST_DEVIATION = 0.25;
const RESOLUTION = 1e-3;

/**
 * A draw of CMA-ES, whose generations are what was measured of the numbers, in the order of the study, whoever proposed it: points from
 * elsewhere count as injected ones. It moves all numbers at once, which tells little of code: undefined where
 * not every axis is declared, there is but one number, or not yet one generation.
 */
export function drawEvolved(landscape: Landscape, random: () => number): Place | undefined {
  const numbers = landscape.axes.flatMap(({ kind }, axis) => (kind === 'number' ? axis : []));
  const size = generationSize(numbers.length);
  if (!landscape.isWhollyDeclared || numbers.length < 2 || landscape.measured.length < size) return undefined;
  const onNumbers = (at: Float64Array) => Float64Array.from(numbers, (axis) => at[axis]!);
  const oldestFirst = landscape.measured.toReversed();
  let evolution = startEvolution({ mean: onNumbers(oldestFirst[0]!.at), deviation: FIRST_DEVIATION });
  for (let start = 0; start + size <= oldestFirst.length; start += size) {
    const generation = oldestFirst.slice(start, start + size).toSorted((a, b) => b.gain - a.gain);
    evolution = learnGeneration(
      evolution,
      generation.map(({ at }) => onNumbers(at)),
    );
  }
  const drawn = drawFrom(evolution, random);
  const at = landscape.here.slice();
  for (const [index, axis] of numbers.entries()) at[axis] = Math.min(1, Math.max(0, drawn[index]!));
  return { at, basis: { kind: 'drawn' }, resolution: Math.min(1, evolution.deviation) * RESOLUTION };
}

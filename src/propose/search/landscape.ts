import { reachedIn } from '../sites/reached.ts';
import type { Site } from '../sites/site.ts';
import { type Axis, choiceAxis, MOST_AXES, numberAxis, placeOn } from './axis.ts';
import type { History } from './history.ts';
import type { Observation } from './observations.ts';

/** A point of the landscape that was measured. */
export interface Measured {
  readonly at: Float64Array;
  /** Over the present champion, in the metric's unit. */
  readonly gain: number;
  readonly error: number;
  readonly seconds: number;
}

/** All that was measured of a file's values, as points between the ends of a few axes. */
export interface Landscape {
  readonly axes: readonly Axis[];
  /** The present champion. */
  readonly here: Float64Array;
  readonly measured: readonly Measured[];
  /** Points that crashed, ran out of time or gave no valid score. */
  readonly broken: readonly Float64Array[];
  /** Points whose verdict is not known yet. */
  readonly open: readonly Float64Array[];
  /** Whether every axis has the ends that its author declared: then any point between them is one worth a try. */
  readonly isWhollyDeclared: boolean;
  /** `none` where equal code scores equally, whatever the seed: then the gains are as they were measured. */
  readonly luck: 'none' | 'some';
}

/**
 * The axes are the sites whose author declared a range, and those that were moved before and measured, the most moved first. Experiments
 * that differ from the champion elsewhere too are left out.
 */
export function landscapeOf(
  sites: readonly Site[],
  history: History,
  observations: readonly Observation[],
  luck: Landscape['luck'],
): Landscape {
  const axes = axesOf(sites, history);
  const axisAt = new Map(axes.map((axis, index) => [axis.site.id, index]));
  const here = Float64Array.from(axes, (axis) => placeOn(axis, String(axis.site.value)) ?? 0.5);
  const measured: Measured[] = [];
  const broken: Float64Array[] = [];
  const open: Float64Array[] = [];
  for (const { values, result } of observations) {
    const at = pointOf(values, axes, axisAt, here);
    if (at === undefined) continue;
    if (result.kind === 'measured') measured.push({ ...result, at });
    else (result.kind === 'broken' ? broken : open).push(at);
  }
  const isWhollyDeclared = axes.length > 0 && axes.every(({ site }) => isDeclared(site));
  return { axes, here, measured, broken, open, isWhollyDeclared, luck };
}

/** Whether the file's author said what a value may be, in a comment or a type. */
export function isDeclared(site: Site): boolean {
  return site.kind === 'number' ? site.range !== undefined : site.family === 'alternatives';
}

function axesOf(sites: readonly Site[], history: History): Axis[] {
  const isReached = reachedIn(sites);
  const candidates = sites.flatMap((site) => {
    if (!('value' in site) || !isReached(site)) return [];
    // A value whose every move crashed is no axis.
    const isWorthIt = history.wasMeasured(site.id) || (site.kind === 'number' && site.range !== undefined);
    return isWorthIt ? [{ site, visited: history.visitedAt(site.id) }] : [];
  });
  return candidates
    .toSorted((a, b) => b.visited.values.size - a.visited.values.size)
    .slice(0, MOST_AXES)
    .map(({ site, visited }) => (site.kind === 'number' ? numberAxis(site, visited) : choiceAxis(site)));
}

function pointOf(
  values: ReadonlyMap<string, string>,
  axes: readonly Axis[],
  axisAt: ReadonlyMap<string, number>,
  here: Float64Array,
): Float64Array | undefined {
  const at = here.slice();
  for (const [site, value] of values) {
    const index = axisAt.get(site);
    const place = index === undefined ? undefined : placeOn(axes[index]!, value);
    if (index === undefined || place === undefined) return undefined;
    at[index] = place;
  }
  return at;
}

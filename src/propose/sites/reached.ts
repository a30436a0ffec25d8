import type { Site } from './site.ts';

/** Tells of each site of a file whether it matters as the file stands: whether the choices that lead to it are made. */
export function reachedIn(sites: readonly Site[]): (site: Site) => boolean {
  const values = new Map(sites.flatMap((site) => ('value' in site ? [[site.id, String(site.value)]] : [])));
  return ({ condition }) => {
    const value = condition && values.get(condition.site);
    return condition === undefined || value === undefined || condition.values.includes(value);
  };
}

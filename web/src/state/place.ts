import { watched } from './signal.ts';

/** Where the reader is: everything that is shown can be linked to. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = watched<Place>(here());

addEventListener('popstate', () => place.set(here()));

/** Opens another page. */
export function go(address: string): void {
  history.pushState(null, '', address);
  place.set(here());
  scrollTo(0, 0);
}

/** Changes what the address says of the page at hand: a step back leaves the page, not the last letter of a filter. */
export function restate(query: URLSearchParams): void {
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
  place.set(here());
}

/** Follows links of this page without loading it again; those with a modifier key are the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.hasAttribute('download')) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

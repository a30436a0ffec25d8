const KEY = 'ratchet-token';

/** Takes the token out of the link, so that neither a screenshot nor a copied address carries it. */
export function takeToken(): void {
  const given = /^#token=([\w-]{1,200})$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  localStorage.setItem(KEY, given);
  history.replaceState(null, '', location.pathname + location.search);
}

export function token(): string | undefined {
  return localStorage.getItem(KEY) ?? undefined;
}

export function forgetToken(): void {
  localStorage.removeItem(KEY);
}

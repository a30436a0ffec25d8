import { useState } from 'preact/hooks';

type Choice = 'dark' | 'light';
const KEY = 'ratchet-theme';

function chosen(): Choice {
  const kept = localStorage.getItem(KEY);
  if (kept === 'dark' || kept === 'light') return kept;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

/** What the reader chose before, else what their system says. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = chosen();
}

/** Told where colours are drawn and not styled: charts. */
export const THEME_CHANGE = 'ratchet-theme-change';

export function Theme() {
  const [now, set] = useState(chosen);
  const other = now === 'dark' ? 'light' : 'dark';
  const change = () => {
    localStorage.setItem(KEY, other);
    applyTheme();
    set(other);
    dispatchEvent(new Event(THEME_CHANGE));
  };
  return (
    <button
      type="button"
      class="icon"
      aria-label={`Switch to the ${other} theme`}
      title={`${other} theme`}
      onClick={change}
    >
      {now === 'dark' ? '☀' : '☾'}
    </button>
  );
}

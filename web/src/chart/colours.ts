/** Colours as the style sheet has them at the moment. */
export interface Colours {
  readonly text: string;
  readonly soft: string;
  readonly quiet: string;
  readonly line: string;
  readonly grid: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  readonly accent: string;
  readonly surface: string;
  readonly dot: string;
  readonly band: string;
}

const NAMES = [
  'text',
  'soft',
  'quiet',
  'line',
  'grid',
  'good',
  'bad',
  'warn',
  'accent',
  'surface',
  'dot',
  'band',
] as const;

export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as unknown as Colours;
}

export const FONT = '12px system-ui, sans-serif';

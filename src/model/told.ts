/**
 * `0.003`, `200`: an effect by its first digit, as those are told who propose. Whoever may ask as often as it likes learns the validation
 * data digit by digit; a digit that was never told cannot be learned.
 */
export function oneDigit(value: number): string {
  const rounded = Number(value.toPrecision(1));
  return Math.abs(rounded) < 1e21 ? String(rounded) : rounded.toExponential();
}

/** Somebody's text as data, in a fence of backquotes that it cannot close. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

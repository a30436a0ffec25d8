/**
 * `0.003`, `200`: an effect by its first digit, as those are told who propose. Whoever may ask as often as it likes learns the validation
 * data digit by digit; a digit that was never told cannot be learned.
 */
export function oneDigit(value: number): string {
  const rounded = Number(value.toPrecision(1));
  return Math.abs(rounded) < 1e21 ? String(rounded) : rounded.toExponential();
}

/** A fraction, an exponent, a number of four digits or more, also where commas part its thousands or stand for the point. */
const LONG_NUMBERS =
  /\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+,\d{4,}|\d+\.\d+(?:e[+-]?\d+)?|(?<!\d)\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d{4,}/gi;

/** A sentence with one digit of each number that has a fraction or more than three digits: it may quote the score, or the data. */
export function withOneDigit(text: string): string {
  return text.replace(LONG_NUMBERS, (number) => oneDigit(Number(plainNumber(number))));
}

function plainNumber(number: string): string {
  const isDecimal = /^\d+,\d{4,}$/.test(number);
  return isDecimal ? number.replace(',', '.') : number.replaceAll(',', '');
}

/** Somebody's text as data, in a fence of backquotes that it cannot close. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Four significant digits, without an exponent where a person would write none. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

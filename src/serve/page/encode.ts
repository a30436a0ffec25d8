/** What needs no look: printable ASCII with line ends and tabs. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/**
 * An answer as JSON, every text in it made harmless: the one place that all texts of candidates pass on their way out. What is markup
 * stays as it is, since the page sets text and never markup.
 */
export function encode(value: unknown, clean: (text: string) => string): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'string' && !PLAIN.test(held) ? clean(held) : held,
  );
}

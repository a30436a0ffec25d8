/** A path as a shell takes it for one word: as it is where it holds nothing special, else in single quotes. */
export function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

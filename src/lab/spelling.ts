/**
 * The candidate that `word` was probably meant to be: one that it begins or that begins it, or one that differs in at
 * most a third of its letters. Upper and lower case are the same.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const shorter = Math.min(typed.length, known.length);
    const shares = shorter >= 3 && (known.startsWith(typed) || typed.startsWith(known));
    const distance = shares ? 1 : editDistance(typed, known);
    if (distance <= Math.max(1, Math.floor(known.length / 3)) && distance < fewest) {
      best = candidate;
      fewest = distance;
    }
  }
  return best;
}

/** How many letters must be added, removed, replaced or swapped with a neighbour to turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = last[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      let fewest = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) fewest = Math.min(fewest, beforeLast[column - 2]! + 1);
      current.push(fewest);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}

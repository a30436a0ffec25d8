/** A bracket halved so often is as narrow as doubles allow, wherever it is not beside zero. */
const HALVINGS = 100;

/** Where `isBeyond` turns from false at `low` to true at `high`, to the last digits. */
export function turningPoint(isBeyond: (x: number) => boolean, low: number, high: number): number {
  let before = low;
  let after = high;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (before + after) / 2;
    if (middle === before || middle === after) break;
    if (isBeyond(middle)) after = middle;
    else before = middle;
  }
  return (before + after) / 2;
}

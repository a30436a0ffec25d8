/**
 * The Ladder (Blum and Hardt, 2015): what sealed data says of one submission after another. A loss is told only where it beats
 * the best one so far by a margin, and not to more digits than the margin supports, so that many submissions learn as
 * little from the answers as a few good ones would. Losses are smaller for the better; mean losses of the same documents
 * are compared.
 */
export type LadderAnswer =
  | { readonly kind: 'better'; readonly loss: number }
  | { readonly kind: 'no better' };

/**
 * One submission against a margin that was fixed beforehand, above 0. `best` is the loss that was told last; undefined before
 * the first.
 */
export function climbByMargin(best: number | undefined, loss: number, margin: number): LadderAnswer {
  if (best !== undefined && loss >= best - margin) return { kind: 'no better' };
  return { kind: 'better', loss: Math.round(loss / margin) * margin };
}

export interface LadderStep {
  readonly answer: LadderAnswer;
  /** Losses of the best submission so far, to be kept as sealed as the data. */
  readonly best: readonly number[];
}

/**
 * One submission without a margin to choose: it must beat the best by one standard error of their paired differences.
 *
 * @param losses one of each document, in the same order every time, at least one
 */
export function climb(best: readonly number[] | undefined, losses: readonly number[]): LadderStep {
  if (best !== undefined && best.length !== losses.length)
    throw new RangeError(
      `${losses.length} losses are compared with ${best.length}: the documents of a ladder stay the same`,
    );
  const { mean, error } = standardError(losses.map((loss, index) => loss - (best?.[index] ?? 0)));
  if (best !== undefined && mean >= -error) return { answer: { kind: 'no better' }, best };
  const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
  return { answer: { kind: 'better', loss: rounded(loss, error) }, best: losses };
}

function standardError(differences: readonly number[]): { readonly mean: number; readonly error: number } {
  const count = differences.length;
  const mean = differences.reduce((sum, one) => sum + one, 0) / count;
  const squares = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares) / count };
}

/** To a step that is at most `error`; a power of two, so that the steps of one ladder fit into each other. */
function rounded(loss: number, error: number): number {
  if (error === 0) return loss;
  const step = 2 ** Math.floor(Math.log2(error));
  return Math.round(loss / step) * step;
}

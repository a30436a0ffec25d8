/** What a refusal is to those who ask for a score. */
export interface Refused {
  readonly kind: 'refused';
  /** One sentence about the graph. */
  readonly reason: string;
}

/** Thrown wherever a graph shows itself unfit to be scored; every other error is a fault of the evaluation. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What `work` gives, or why the graph is refused. @throws what is no refusal */
export async function orRefused<Result>(work: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

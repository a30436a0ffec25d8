/** What calls of a model came to: tokens as its provider counts them, and dollars where somebody named their price. */
export interface Price {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly dollars?: number;
}

/** What a researcher was paid so far. */
export interface Spending {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the calls that have a price. */
  readonly dollars: number;
  readonly callsWithoutPrice: number;
}

export const NOTHING_SPENT: Spending = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  dollars: 0,
  callsWithoutPrice: 0,
};

export function addPrice(spent: Spending, price: Price): Spending {
  return sum(spent, {
    ...price,
    dollars: price.dollars ?? 0,
    callsWithoutPrice: price.dollars === undefined ? price.calls : 0,
  });
}

/** What all researchers of a study were paid together. */
export function totalSpent(spending: Iterable<Spending>): Spending {
  let total = NOTHING_SPENT;
  for (const one of spending) total = sum(total, one);
  return total;
}

/** What was paid since there was so much. */
export function spentSince(before: Spending, now: Spending): Spending {
  return sum(now, before, -1);
}

function sum(one: Spending, other: Spending, sign: 1 | -1 = 1): Spending {
  return {
    calls: one.calls + sign * other.calls,
    inputTokens: one.inputTokens + sign * other.inputTokens,
    outputTokens: one.outputTokens + sign * other.outputTokens,
    dollars: one.dollars + sign * other.dollars,
    callsWithoutPrice: one.callsWithoutPrice + sign * other.callsWithoutPrice,
  };
}

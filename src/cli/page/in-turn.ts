/** Does what it is asked for one after the other, so that many who ask at once cost as much at a time as one. */
export function inTurn<Wish extends readonly unknown[], Answer>(
  work: (...wish: Wish) => Promise<Answer>,
): (...wish: Wish) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (...wish) => {
    const answer = last.then(() => work(...wish));
    // Whoever asked hears of a fault; the next one is not concerned.
    last = answer.catch(() => undefined);
    return answer;
  };
}

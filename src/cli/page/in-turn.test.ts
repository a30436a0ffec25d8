import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('of many who ask at once each gets its own answer, one at a time, and a fault is its own asker alone', async () => {
  let atOnce = 0;
  let most = 0;
  const work = inTurn(async (number: number) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await turn();
    atOnce -= 1;
    if (number === 2) throw new Error('the second');
    return number * 10;
  });
  const answers = await Promise.allSettled([1, 2, 3, 4].map((number) => work(number)));
  expect(
    answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message)),
  ).toEqual([10, 'the second', 30, 40]);
  expect(most).toBe(1);
});

import { expect, test } from 'vitest';
import { createStudy, verdictOf } from '../fixtures/play.ts';
import { findSites } from '../sites/find.ts';
import { earningsOf } from './earnings.ts';
import { historyOf } from './history.ts';
import { type KeepsSince, movesOf } from './portfolio.ts';

const SOURCE = "type Norm = 'layer' | 'rms' | 'none';\nconst norm: Norm = 'layer';\n";
const SITE = 'a.ts#alternatives:norm';

/** The values that norm may move to after these scores of 'rms', each with what is said of why. */
async function movesAfter(scores: readonly (number | 'crash')[], keepsSince: KeepsSince) {
  const study = createStudy({ 'a.ts': SOURCE });
  for (const score of scores) {
    const id = study.add({ hypothesis: 'h', category: 'other', changes: [], edit: `${SITE}=rms was layer` });
    const verdict = score === 'crash' ? undefined : verdictOf(1, score);
    study.judge(
      id,
      verdict ?? {
        kind: 'timeout',
        reason: 'r',
        evidence: { trial: 1 as never, exceeded: { type: 'wall', value: 2, limit: 1 } },
      },
    );
  }
  const history = historyOf(study.state);
  const sites = await findSites('a.ts', SOURCE);
  const moves = movesOf(sites, history, earningsOf(study.state, history), () => 0.5, keepsSince);
  return new Map(moves.filter(({ site }) => site.id === SITE).map(({ value, basis }) => [value, basis.kind]));
}

test('a declared alternative that lost is not tried again on much the same champion', async () => {
  expect(await movesAfter([1.2], () => 0)).toEqual(new Map([['none', 'others-tried']]));
});

test('it may come back once the champion took in another change, and is tried three times in all', async () => {
  expect((await movesAfter([1.2], () => 1)).get('rms')).toBe('returns');
  expect((await movesAfter([1.2, 1.1], () => 2)).get('rms')).toBe('returns');
  expect((await movesAfter([1.2, 1.1, 1.1], () => 2)).has('rms')).toBe(false);
});

test('one that broke does not', async () => {
  expect((await movesAfter(['crash'], () => 5)).has('rms')).toBe(false);
});

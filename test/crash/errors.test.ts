import { describe, expect, test } from 'vitest';
import { ERRORS } from './points.ts';
import { nameOf, reasonToSkip, straceIsMissing } from './strace.ts';
import { type Survival, surviveFault } from './survive.ts';

const missing = reasonToSkip(straceIsMissing());

describe.skipIf(missing !== undefined)(
  `a study says what is wrong, and resumes whole, after (${missing ?? 'faults by strace'})`,
  () => {
    const survivals: Survival[] = [];

    test.for(ERRORS.map((point) => ({ name: nameOf(point), point })))('$name', async ({ point }) => {
      survivals.push(await surviveFault(point, point.slots));
    });

    test('and nearly all of these faults were met, some after verdicts had been acknowledged', () => {
      const met = survivals.filter((survival) => survival.met);
      expect(met.length).toBeGreaterThanOrEqual(0.9 * ERRORS.length);
      expect(met.some(({ acknowledged }) => acknowledged > 0)).toBe(true);
    });
  },
);

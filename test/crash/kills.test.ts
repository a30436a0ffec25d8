import { afterAll, describe, test } from 'vitest';
import { KILLS } from './points.ts';
import { nameOf, reasonToSkip, straceIsMissing } from './strace.ts';
import { expectMet, type Survival, surviveFault } from './survive.ts';

const missing = reasonToSkip(straceIsMissing());

describe.skipIf(missing !== undefined)(
  `a study resumes whole after (${missing ?? 'faults by strace'})`,
  () => {
    const survivals: Survival[] = [];

    test.for(KILLS.map((point) => ({ name: nameOf(point), point })))('$name', async ({ point }) => {
      survivals.push(await surviveFault(point, point.slots));
    });

    afterAll(() => expectMet(survivals));
  },
);

import process from 'node:process';
import { describe, test } from 'vitest';
import { createRandom } from '../../src/model/random.ts';
import { KILL_RANGES, type Point } from './points.ts';
import { nameOf } from './strace.ts';
import { surviveFault } from './survive.ts';

/**
 * Many more faults than CI has time for, drawn by lot over the whole study:
 * `RATCHET_SOAK=300 RATCHET_SOAK_SEED=7 npx vitest run test/crash/soak.test.ts`
 */
const POINTS = Number(process.env.RATCHET_SOAK ?? 0);
const SEED = Number(process.env.RATCHET_SOAK_SEED ?? 1);

/** Without a shared library or a script that a program needs to start, nobody can say anything sensible: these only kill. */
const STARTS = /openat|write$/;

function drawPoints(): Point[] {
  const random = createRandom(SEED);
  const upTo = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: POINTS }, (): Point => {
    if (random() < 0.2) return drawGitPoint(upTo);
    const [call, most] = KILL_RANGES[upTo(KILL_RANGES.length)]!;
    const slots = random() < 0.5 ? 1 : 2;
    const at = 1 + upTo(most);
    const answers = STARTS.test(call) ? (['KILL'] as const) : (['KILL', 'ENOSPC', 'EIO'] as const);
    const answer = answers[upTo(answers.length)]!;
    return { call, answer, at, slots, ...(answer !== 'KILL' && random() < 0.4 ? { lasting: true } : {}) };
  });
}

/** A git that dies at this call each time it is started: the engine starts it again, or ends with a message. */
function drawGitPoint(upTo: (limit: number) => number): Point {
  const git = (['hash-object', 'cat-file', 'read-tree'] as const)[upTo(3)]!;
  const call = (['write', 'fsync,fdatasync', 'link', 'rename', 'read'] as const)[upTo(5)]!;
  return { call, answer: 'KILL', at: 1 + upTo(25), slots: 1, git };
}

describe.skipIf(POINTS === 0)('a study resumes whole after (RATCHET_SOAK is the number of faults)', () => {
  test.for(
    drawPoints().map((point, index) => ({ name: `${index + 1}: ${nameOf(point)}`, point })),
  )('$name', async ({ point }) => {
    await surviveFault(point, point.slots);
  });
});

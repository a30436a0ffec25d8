import { expect, test } from 'vitest';
import type { Draft } from '../model/proposal.ts';
import type { Aside, Brief, Researcher } from '../model/researcher.ts';
import { createFallback } from './fallback.ts';

const draft = (edit: string): Draft => ({ hypothesis: edit, category: 'other', changes: [], edit });
const BRIEF = {} as Brief;

/** Gives what it is told to, one answer a call; the last one again and again. */
function scripted(
  name: string,
  answers: readonly (readonly string[] | 'fails')[],
): Researcher & { asked: number } {
  const researcher = {
    name,
    asked: 0,
    async propose(_brief: Brief, count: number, _signal: AbortSignal, tell: (aside: Aside) => void) {
      const answer = answers[Math.min(researcher.asked, answers.length - 1)]!;
      researcher.asked += 1;
      if (answer === 'fails') {
        tell({ kind: 'failed', researcher: name, reason: '503' });
        return [];
      }
      return answer.slice(0, count).map(draft);
    },
  };
  return researcher;
}

const ask = async (researcher: Researcher, count = 1, told: Aside[] = []) => {
  const drafts = await researcher.propose(BRIEF, count, AbortSignal.timeout(10_000), (aside) =>
    told.push(aside),
  );
  return drafts.map(({ edit, researcher: who }) => `${who ?? 'main'}: ${edit}`);
};

test('a failure is told, and the spare proposes in its place under its own name', async () => {
  const told: Aside[] = [];
  const both = createFallback({
    main: scripted('model', ['fails']),
    spare: scripted('search', [['a']]),
    now: () => 0,
  });
  expect(await ask(both, 1, told)).toEqual(['search: a']);
  expect(told).toEqual([{ kind: 'failed', researcher: 'model', reason: '503' }]);
});

test('the main one rests after a failure, twice as long after the next, and not after an answer', async () => {
  let now = 0;
  const main = scripted('model', ['fails', 'fails', ['b'], 'fails']);
  const both = createFallback({ main, spare: scripted('search', [['a']]), now: () => now, firstRest: 100 });
  const askedAt = async (time: number) => {
    now = time;
    await ask(both);
    return main.asked;
  };
  expect(await askedAt(0)).toBe(1);
  expect(await askedAt(99)).toBe(1);
  expect(await askedAt(100)).toBe(2);
  expect(await askedAt(299)).toBe(2);
  expect(await askedAt(300)).toBe(3);
  expect(await askedAt(301)).toBe(4);
  expect(await askedAt(400)).toBe(4);
  expect(await askedAt(401)).toBe(5);
});

test('what the main one gives is enough: it is asked again for what is missing', async () => {
  const both = createFallback({
    main: scripted('model', [['b']]),
    spare: scripted('search', [['a', 'c']]),
    now: () => 0,
  });
  expect(await ask(both, 2)).toEqual(['main: b']);
});

test('where the spare has no idea either it is told for how long the main one rests: no study ends because a model did', async () => {
  let now = 0;
  const main = scripted('model', ['fails', ['b']]);
  const both = createFallback({ main, spare: scripted('search', [[]]), now: () => now, firstRest: 50 });
  const told: Aside[] = [];
  expect(await ask(both, 1, told)).toEqual([]);
  expect(told.at(-1)).toEqual({ kind: 'rests', milliseconds: 50 });
  now = 20;
  expect(await ask(both, 1, told)).toEqual([]);
  expect(told.at(-1)).toEqual({ kind: 'rests', milliseconds: 30 });
  now = 50;
  expect(await ask(both, 1, told)).toEqual(['main: b']);
});

test('one that only says what is of no use rests too', async () => {
  const main = scripted('model', [[]]);
  const both = createFallback({ main, spare: scripted('search', [['a']]), now: () => 0 });
  for (let turn = 0; turn < 20; turn++) await ask(both);
  expect(main.asked).toBe(1);
});

test('without an idea and without a failure there is no draft, and nothing to wait for', async () => {
  const told: Aside[] = [];
  const both = createFallback({
    main: scripted('model', [[]]),
    spare: scripted('search', [[]]),
    now: () => 0,
  });
  expect(await ask(both, 1, told)).toEqual([]);
  expect(told).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closest, editDistance } from './spelling.ts';

const words = fc.stringMatching(/^[a-d]{0,6}$/);

test('a word is at no distance from itself alone, and distance has no direction', () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test('one slip of the finger is a distance of one', () => {
  expect(editDistance('objectve', 'objective')).toBe(1);
  expect(editDistance('budgett', 'budget')).toBe(1);
  expect(editDistance('ran', 'run')).toBe(1);
  expect(editDistance('eidt', 'edit')).toBe(1);
});

test('the closest of the known words is suggested, and none where all are far', () => {
  const known = ['objective', 'edit', 'evaluate', 'run', 'minimize', 'maximize'];
  expect(closest('Objectve', known)).toBe('objective');
  expect(closest('max', known)).toBe('maximize');
  expect(closest('minimise', known)).toBe('minimize');
  expect(closest('eval', known)).toBe('evaluate');
  expect(closest('colour', known)).toBeUndefined();
  expect(closest('', known)).toBeUndefined();
});

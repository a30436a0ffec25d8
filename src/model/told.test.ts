import { expect, test } from 'vitest';
import { withOneDigit } from './told.ts';

test.each([
  ['loss 0.123456 and 20481 bytes', 'loss 0.1 and 20000 bytes'],
  ['expected 8,123456, or 1,234,567.8', 'expected 8, or 1000000'],
  ['.5321 below 1.25e-7 and 3e5', '0.5 below 1e-7 and 300000'],
  ['document 317 has 25 of 26 circles, -0.987 apart', 'document 317 has 25 of 26 circles, -1 apart'],
  ['nothing of the kind', 'nothing of the kind'],
])('%s', (said, told) => {
  expect(withOneDigit(said)).toBe(told);
});

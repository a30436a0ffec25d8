import { expect, test } from 'vitest';
import { exitOf, parseReport } from './shell.ts';

test.each([
  ['dash', '0\n0m0.010000s 0m0.020000s\n1m2.500000s 0m0.250000s\n'],
  ['bash', '0\n0m0.010s 0m0.020s\n1m2.500s 0m0.250s\n'],
  ['bash where decimals have a comma', '0\n0m0,010s 0m0,020s\n1m2,500s 0m0,250s\n'],
])('the report of %s is read', (_, report) => {
  expect(parseReport(report)?.status).toBe(0);
  expect(parseReport(report)?.cpuSeconds).toBeCloseTo(62.78, 6);
});

test('half a report is none', () => {
  expect(parseReport('')).toBeUndefined();
  expect(parseReport('0\n0m0.01s')).toBeUndefined();
});

test('a status above 128 that names a signal is that signal, as shells have it', () => {
  expect(exitOf(137)).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  expect(exitOf(128)).toEqual({ kind: 'exited', code: 128 });
  expect(exitOf(255)).toEqual({ kind: 'exited', code: 255 });
});

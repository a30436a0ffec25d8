import { expect, test } from 'vitest';
import { exitOf, parseReport } from './shell.ts';

test.each([
  ['dash', 'begun\n0\n0m0.010000s 0m0.020000s\n1m2.500000s 0m0.250000s\n'],
  ['bash', 'begun\n0\n0m0.010s 0m0.020s\n1m2.500s 0m0.250s\n'],
  ['bash where decimals have a comma', 'begun\n0\n0m0,010s 0m0,020s\n1m2,500s 0m0,250s\n'],
])('the report of %s is read', (_, report) => {
  const read = parseReport(report);
  expect(read).toMatchObject({ kind: 'ended', status: 0 });
  expect(read.kind === 'ended' && read.cpuSeconds).toBeCloseTo(62.78, 6);
});

test('half a report says no more than that the command began', () => {
  expect(parseReport('begun\n')).toEqual({ kind: 'cut-off' });
  expect(parseReport('begun\n0\n0m0.01s')).toEqual({ kind: 'cut-off' });
});

test('no report says that nothing began', () => {
  expect(parseReport('')).toEqual({ kind: 'never-began' });
  expect(parseReport('0\n0m0.01s 0m0.01s\n0m0.01s 0m0.01s\n')).toEqual({ kind: 'never-began' });
});

test('a status above 128 that names a signal is that signal, as shells have it', () => {
  expect(exitOf(137)).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  expect(exitOf(128)).toEqual({ kind: 'exited', code: 128 });
  expect(exitOf(255)).toEqual({ kind: 'exited', code: 255 });
});

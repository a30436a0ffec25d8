import { expect, test } from 'vitest';
import { ownEnd } from './ending.ts';

const EXIT = { code: 0, signal: null };
const REPORT = 'begun\n3\n0m0.00s 0m0.00s\n0m2.00s 0m0.50s\n';

test('the exit status and CPU time are those that the root reported', () => {
  expect(ownEnd({ wallSeconds: 9 }, 1, EXIT, REPORT, '')).toEqual({
    cause: { kind: 'exited', code: 3 },
    cpuSeconds: 2.5,
  });
});

test('a report cannot take back what the looks saw', () => {
  expect(ownEnd({ wallSeconds: 9 }, 4, EXIT, REPORT, '').cpuSeconds).toBe(4);
});

test('a CPU limit that no look saw passed is passed all the same', () => {
  expect(ownEnd({ wallSeconds: 9, cpuSeconds: 2 }, 1, EXIT, REPORT, '').cause).toEqual({
    kind: 'limit',
    exceeded: { type: 'cpu', value: 2.5, limit: 2 },
  });
});

test('a root that was killed before it could report ended by that signal', () => {
  const killed = { code: null, signal: 'SIGKILL' } as const;
  expect(ownEnd({ wallSeconds: 9 }, 1, killed, 'begun\n', '').cause).toEqual({
    kind: 'signalled',
    signal: 'SIGKILL',
  });
});

test('what could not be set up is the machine’s fault, whatever the exit code', () => {
  const ended = ownEnd({ wallSeconds: 9 }, 0, { code: 1, signal: null }, '', 'bwrap: no such folder');
  expect(ended.cause).toMatchObject({ kind: 'fault' });
  expect(ended.cause.kind === 'fault' && ended.cause.cause.message).toContain('bwrap: no such folder');
});

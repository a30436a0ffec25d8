import { expect, test } from 'vitest';
import { linuxProcessTable, parseStat } from './table-linux.ts';
import { parsePsLine } from './table-ps.ts';

test('a process name with spaces and parentheses does not shift what follows it', () => {
  const stat = `42 (a) b (c)) S 7 8 9 0 -1 4194560 1 2 3 4 150 50 25 75 20 0 3 0 1234 5 6`;
  expect(parseStat(stat)).toEqual({
    pid: 42,
    parent: 7,
    group: 8,
    session: 9,
    alive: true,
    hasTerminal: false,
    ownCpuSeconds: 2,
    reapedCpuSeconds: 1,
    started: 1234,
  });
});

test('a zombie is not alive, unless other threads of it still run', () => {
  const stat = (threads: number) => `42 (x) Z 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 ${threads} 0 1 0 0`;
  expect(parseStat(stat(1))?.alive).toBe(false);
  expect(parseStat(stat(2))?.alive).toBe(true);
});

test.skipIf(process.platform !== 'linux')('this process finds itself in the table', () => {
  expect(linuxProcessTable.pids()).toContain(process.pid);
  expect(linuxProcessTable.row(process.pid)).toMatchObject({
    pid: process.pid,
    parent: process.ppid,
    alive: true,
  });
  expect(linuxProcessTable.memory(process.pid)?.peakBytes).toBeGreaterThan(10e6);
  expect(linuxProcessTable.environment(process.pid)).toContain('PATH=');
  expect(linuxProcessTable.workingFolder(process.pid)).toBe(process.cwd());
});

test('a line of ps is read', () => {
  expect(
    parsePsLine('  501   1   501 Ss   ??       1-02:03:04.50  2048 Sat Nov 21 06:20:24 2026    '),
  ).toMatchObject({
    pid: 501,
    parent: 1,
    session: 501,
    alive: true,
    hasTerminal: false,
    ownCpuSeconds: 93_784.5,
    residentBytes: 2_097_152,
  });
  expect(parsePsLine('nonsense')).toBeUndefined();
});

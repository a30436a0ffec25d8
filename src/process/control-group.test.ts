import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ExceededLimit } from '../model/limit.ts';
import { createControlGroup } from './control-group.ts';
import { scratchFolder } from './testing.ts';

const MEMORY = 200 * 1024 ** 2;

/** What a group of version 2 is said to have run into where the kernel's files in it hold this. */
function exceededWith(files: Readonly<Record<string, string>>): ExceededLimit | undefined {
  const folder = scratchFolder();
  const group = createControlGroup({ version: 2, folder }, 'ratchet-test', { memory: MEMORY, processes: 50 });
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, 'ratchet-test', name), `${text}\n`);
  return group.exceeded();
}

const events = (oom: number, kills: number) => `low 0\nhigh 0\nmax 9\noom ${oom}\noom_kill ${kills}`;

test('who is killed at the limit of its own group is over its limit on memory', () => {
  const peak = MEMORY + 4096;
  const exceeded = { type: 'memory', value: peak, limit: MEMORY };
  expect(exceededWith({ 'memory.events': events(1, 1), 'memory.peak': String(peak) })).toEqual(exceeded);
});

test('a kernel that keeps no peak says the limit (before Linux 5.19)', () => {
  const exceeded = { type: 'memory', value: MEMORY, limit: MEMORY };
  expect(exceededWith({ 'memory.events': events(1, 1) })).toEqual(exceeded);
});

test('who is killed for want of memory elsewhere is not over its own limit', () => {
  expect(exceededWith({ 'memory.events': events(0, 1) })).toBeUndefined();
});

test('who is refused one process more than its limit is over it', () => {
  const exceeded = { type: 'processes', value: 51, limit: 50 };
  expect(exceededWith({ 'pids.events': 'max 1' })).toEqual(exceeded);
  expect(exceededWith({ 'pids.events': 'max 0' })).toBeUndefined();
});

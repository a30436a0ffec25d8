import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { type AgentPlace, makePlace, removeLeftPlaces } from './place.ts';

const LOGIN = { home: { '.agent/login.json': '{"key":"key"}' } };
/** Above every number that Linux gives to a process. */
const NO_PROCESS = 2 ** 22 + 1;

/** Until disposed of, nobody whom permissions do not bind. */
function asOrdinaryUser(): Disposable {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  return { [Symbol.dispose]: () => isRoot && process.seteuid?.(0) };
}

function labFolder(): string {
  const lab = mkdtempSync(join(tmpdir(), 'ratchet-place-'));
  onTestFinished(() => rm(lab, { recursive: true, force: true }));
  return lab;
}

/** As the module cache of Go is left; and what nobody may look into. */
function closeFolders({ home }: AgentPlace): void {
  for (const [name, mode] of [
    ['cache/read-only', 0o500],
    ['cache/closed', 0],
  ] as const) {
    mkdirSync(join(home, name), { recursive: true });
    writeFileSync(join(home, name, 'file'), '');
    chmodSync(join(home, name), mode);
  }
  chmodSync(join(home, 'cache'), 0o500);
}

const placesIn = (lab: string) => readdirSync(join(lab, '.ratchet', 'agents'));

test('nothing of an agent is left whatever it closed behind it, its login least of all', async () => {
  using _ = asOrdinaryUser();
  const lab = labFolder();
  const place = await makePlace(lab, LOGIN);
  expect(readFileSync(join(place.home, '.agent/login.json'), 'utf8')).toContain('key');
  closeFolders(place);
  await place[Symbol.asyncDispose]();
  expect(placesIn(lab)).toEqual([]);
  expect(existsSync(dirname(place.socket))).toBe(false);
});

test.each([
  ['another number', NO_PROCESS],
  ['the number of this one', process.pid],
])('what an engine that was killed left is removed by the next one, where it had %s', async (_name, pid) => {
  using _ = asOrdinaryUser();
  const lab = labFolder();
  const killed = await makePlace(lab, LOGIN);
  closeFolders(killed);
  renameSync(killed.root, join(dirname(killed.root), `${pid}-1000`));
  await using next = await makePlace(lab, LOGIN);
  await using beside = await makePlace(lab, LOGIN);
  expect(placesIn(lab)).toHaveLength(2);
  for (const { home, socket } of [next, beside]) {
    expect(existsSync(join(home, '.agent/login.json'))).toBe(true);
    expect(existsSync(dirname(socket))).toBe(true);
  }
  expect(existsSync(dirname(killed.socket))).toBe(false);
});

test('what an engine that was killed left is removed by a run in which no agent thinks, too', async () => {
  const lab = labFolder();
  await removeLeftPlaces(lab);
  const killed = await makePlace(lab, LOGIN);
  renameSync(killed.root, join(dirname(killed.root), `${NO_PROCESS}-1`));
  await removeLeftPlaces(lab);
  expect(placesIn(lab)).toEqual([]);
  expect(existsSync(dirname(killed.socket))).toBe(false);
});

import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GitFault } from './fault.ts';
import { git, makeRepository, open } from './fixtures/temporary-repository.ts';
import type { Repository } from './repository.ts';

const REF = 'refs/ratchet/s/ledger';

async function contents(repository: Repository): Promise<string[]> {
  const links: string[] = [];
  for await (const link of repository.readChain(REF)) {
    links.push(link.kind === 'content' ? link.content.toString() : 'unreadable');
  }
  return links;
}

async function prepare(count: number) {
  const root = makeRepository();
  const repository = await open(root);
  const appended = Array.from({ length: count }, (_, i) =>
    repository.appendToChain(REF, { content: Buffer.from(`{"n":${i}}\n`), message: `events ${i}` }),
  );
  return { root, repository, commits: await Promise.all(appended) };
}

const objectFile = (root: string, oid: string) => join(root, '.git/objects', oid.slice(0, 2), oid.slice(2));

it('what is appended is read back in order, by another reader too', async () => {
  const { root, repository } = await prepare(20);
  const expected = Array.from({ length: 20 }, (_, i) => `{"n":${i}}\n`);
  expect(await contents(repository)).toEqual(expected);
  const other = await open(root);
  await other.appendToChain(REF, { content: 'last\n', message: 'm' });
  expect(await contents(other)).toEqual([...expected, 'last\n']);
  expect(git(root, 'rev-list', '--count', REF).trim()).toBe('21');
});

it('each commit holds the new lines only', async () => {
  const { root, commits } = await prepare(3);
  expect(git(root, 'ls-tree', '--name-only', commits[2]!)).toBe('events.jsonl\n');
  expect(git(root, 'cat-file', 'blob', `${commits[2]}:events.jsonl`)).toBe('{"n":2}\n');
});

it('a chain that does not exist is empty', async () => {
  expect(await contents(await open(makeRepository()))).toEqual([]);
});

it('a second writer is found out, and overwrites nothing', async () => {
  const { root, repository } = await prepare(2);
  const other = await open(root);
  await other.appendToChain(REF, { content: 'other\n', message: 'm' });
  const late = repository.appendToChain(REF, { content: 'late\n', message: 'm' });
  await expect(late).rejects.toThrow(GitFault);
  await expect(late).rejects.toThrow(REF);
  expect(await contents(repository)).toEqual(['{"n":0}\n', '{"n":1}\n', 'other\n']);
});

it('content that is lost or damaged leaves the rest readable', async () => {
  const { root, repository, commits } = await prepare(4);
  rmSync(objectFile(root, git(root, 'rev-parse', `${commits[1]}:events.jsonl`).trim()));
  const damaged = objectFile(root, git(root, 'rev-parse', `${commits[2]}:events.jsonl`).trim());
  chmodSync(damaged, 0o644);
  writeFileSync(
    damaged,
    readFileSync(damaged).map((byte, i) => (i > 4 ? byte ^ 0xff : byte)),
  );
  expect(await contents(repository)).toEqual(['{"n":0}\n', 'unreadable', 'unreadable', '{"n":3}\n']);
});

it('a commit that is cut off hides what is older, and says so', async () => {
  const { root, repository, commits } = await prepare(4);
  const file = objectFile(root, commits[1]!);
  chmodSync(file, 0o644);
  truncateSync(file, 10);
  expect(await contents(repository)).toEqual(['unreadable', '{"n":2}\n', '{"n":3}\n']);
});

it('a ref that is no chain is no fault', async () => {
  const root = makeRepository({ 'a file': '1' });
  git(root, 'update-ref', REF, 'HEAD');
  expect(await contents(await open(root))).toEqual(['unreadable']);
});

import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLEAN, contentOf, prepareSlot } from './fixtures/slot.ts';
import { write } from './fixtures/temporary-repository.ts';
import type { Repository } from './repository.ts';

describe('what is kept in a slot', () => {
  it('stays, at any depth, while all around it goes', async () => {
    const { folder, place, check } = await prepareSlot();
    write(place, { 'data/set': 'provided' });
    const keep = ['data', 'src/deep/data', 'lab/only/data', 'node_modules/'];
    await check(undefined, keep);
    for (const path of ['lab/only', 'node_modules/x']) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['data', 'src/deep/data', 'lab/only/data'])
      symlinkSync(join(place, 'data'), join(folder, path));
    write(folder, {
      'lab/junk': 'x',
      'lab/only/junk/x': 'x',
      'src/deep/x': 'changed',
      'node_modules/x/y': 'kept',
    });
    await check(undefined, keep);
    const link = `-> ${join(place, 'data')}`;
    expect(contentOf(folder)).toEqual({
      ...CLEAN,
      data: link,
      'src/deep/data': link,
      lab: 'folder 755',
      'lab/only': 'folder 755',
      'lab/only/data': link,
      node_modules: 'folder 755',
      'node_modules/x': 'folder 755',
      'node_modules/x/y': '644 kept',
    });
    expect(readFileSync(join(place, 'data/set'), 'utf8')).toBe('provided');
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
    expect(readFileSync(join(place, 'data/set'), 'utf8')).toBe('provided');
  });

  it('goes with a folder that a run put a file in the place of', async () => {
    const { folder, check } = await prepareSlot();
    write(folder, { lab: 'a file' });
    await check(undefined, ['lab/data']);
    expect(contentOf(folder)).toEqual(CLEAN);
  });
});

it('whatever a run did, the slot is the tree again', async () => {
  const { folder, check } = await prepareSlot();
  const name = fc.constantFrom(
    'src',
    'src/deep',
    'src/deep/x',
    'src/y',
    'link',
    'run.sh',
    'a b',
    'new',
    'new/x',
    '.git',
  );
  const act = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), name }),
    fc.record({ kind: fc.constant('remove' as const), name }),
    fc.record({ kind: fc.constant('link' as const), name, to: name }),
    fc.record({ kind: fc.constant('move' as const), name, to: name }),
    fc.record({ kind: fc.constant('folder' as const), name }),
    fc.record({ kind: fc.constant('mode' as const), name, mode: fc.constantFrom(0, 0o500, 0o777) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
      await check();
      for (const one of acts) {
        const path = join(folder, one.name);
        try {
          if (one.kind === 'write') writeFileSync(path, 'junk');
          else if (one.kind === 'remove') rmSync(path, { recursive: true });
          else if (one.kind === 'link') symlinkSync(join(folder, one.to), path);
          else if (one.kind === 'move') renameSync(path, join(folder, one.to));
          else if (one.kind === 'folder') mkdirSync(path);
          else chmodSync(path, one.mode);
        } catch {
          // A run, too, tries what cannot be done.
        }
      }
      await check();
      expect(contentOf(folder)).toEqual(CLEAN);
    }),
    { numRuns: 60 },
  );
});

it('two slots of one repository are brought to their commits at once', async () => {
  const { repository, commit, place } = await prepareSlot();
  const slots = ['one', 'two', 'three'].map((name) => join(place, name));
  const bring = (one: Repository) =>
    Promise.all(slots.map((folder) => one.checkout({ commit, folder, indexFile: `${folder}.index` })));
  await bring(repository);
  for (const folder of slots) expect(contentOf(folder)).toEqual(CLEAN);
});

import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { enforcementHere } from '../../src/process/enforcement.ts';
import { linesOf } from '../bad-input/scripts.ts';
import { reasonToSkip } from '../crash/strace.ts';
import { draftingResearcher, researchLab, verdictsOf } from '../session.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';
import { isSandboxed } from './remains.ts';

const LAB = fileURLToPath(new URL('../../labs/gpt/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const EMBEDDING = 'let stream = gather(weights.bytes!, tokens);';

/** `labs/gpt` in a repository of its own, with trials that are long enough to leave a model. */
function createGptLab(): TemporaryLab {
  const lab = createTemporaryLab({ below: join('labs', 'gpt'), git: 'none' });
  for (const entry of readdirSync(LAB, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(LAB.length);
    if (entry.isFile() && !path.startsWith('.ratchet') && !/\.(test\.ts|onnx)$/.test(path))
      lab.write(path, readFileSync(join(LAB, path), 'utf8'));
  }
  lab.write('program.md', readFileSync(join(LAB, 'program.md'), 'utf8').replace('20s cpu', '1s cpu'));
  symlinkSync(PACKAGES, join(lab.root, 'node_modules'));
  writeFileSync(join(lab.root, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(lab.root, '.gitignore'), 'node_modules\n');
  lab.git('init', '--quiet');
  lab.git('add', '--all');
  lab.git('commit', '--quiet', '--message=the lab');
  return lab;
}

const train = readFileSync(join(LAB, 'train.ts'), 'utf8');

function trainWith(embedding: string): string {
  const changed = train.replace(EMBEDDING, () => embedding);
  if (changed === train) throw new Error('train.ts embeds its tokens elsewhere now');
  return changed;
}

/** Each place is told the byte after it, which is the one that it has to predict. */
const peeking = trainWith(`const bytes = gather(weights.bytes!, tokens);
  const next = concatenate([slice(bytes, 1, 1, CONTEXT), slice(bytes, 1, CONTEXT - 1, CONTEXT)], 1);
  let stream = add(bytes, multiply(next, 3));`);
const untrained = train.replace('learningRate = 1e-3', 'learningRate = 1e-9');

const missing = reasonToSkip(
  isSandboxed(enforcementHere())
    ? undefined
    : 'nothing holds candidates on this machine: see `ratchet doctor`',
);

describe.skipIf(missing !== undefined)(missing ?? 'labs/gpt', () => {
  test('a model that peeks at the next byte is invalid, whatever it scores, and the study goes on', {
    timeout: 240_000,
  }, async () => {
    using lab = createGptLab();
    const changes = [peeking, untrained].map((content) => [
      { kind: 'write' as const, path: 'train.ts', content },
    ]);
    const { state } = await researchLab(lab, { researcher: draftingResearcher(changes) });
    expect(linesOf(verdictsOf(state))).toEqual([
      expect.stringMatching(/^invalid: the evaluation refused it: the graph looks ahead, /),
      expect.stringMatching(/^discard: worse by \d/),
    ]);
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireLab } from './find-lab.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-find-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function program(folder: string, text: string): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'program.md'), text);
}

test('documentation and templates are no labs: of one lab beside them it is known which is meant', async () => {
  program('docs', '# program.md\n\n---\n');
  program('templates/minimal', '---\nobjective: x\n---\n');
  program('labs/gpt', '\uFEFF---\r\nobjective: x\r\n---\r\n');
  expect(await requireLab(root, undefined)).toEqual({ folder: join(root, 'labs/gpt'), name: 'labs/gpt' });
  program('labs/packing', '---\nobjective: x\n---\n');
  await expect(requireLab(root, undefined)).rejects.toThrow(
    'there are 2 labs below this folder: name one of labs/gpt, labs/packing',
  );
});

test('a template is a lab for whoever names it', async () => {
  program('templates/minimal', '---\nobjective: x\n---\n');
  expect(await requireLab(root, 'templates/minimal')).toMatchObject({ name: 'templates/minimal' });
});

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockStudy } from '../engine/lock.ts';
import type { StudyFolder } from '../lab/folder.ts';
import { createTemporaryLab, type TemporaryLab } from './fixtures/temporary-lab.ts';

describe('ratchet brief', () => {
  let lab: TemporaryLab;
  let study: StudyFolder;

  beforeAll(async () => {
    lab = createTemporaryLab();
    study = await lab.writeStudy({ experiments: 42, hypothesis: (number) => `idea ${number} \u001b[31m` });
  });
  afterAll(() => lab[Symbol.dispose]());

  test("prints rules, the champion's source, what was kept, what failed and how the last failure failed", () => {
    const { code, stdout, stderr } = lab.ratchet(['brief']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('minimize `val_bpb`, in bits/byte');
    expect(stdout).toContain('Lower it.');
    const { champion } = JSON.parse(lab.ratchet(['status', '--json']).stdout);
    expect(stdout).toContain(lab.git('show', `${champion.commit}:labs/gpt/train.ts`));
    expect(stdout).toContain('## What was kept');
    expect(stdout).toContain('## What failed');
    expect(stdout).toMatch(/red end of trial \d+\n```/);
    expect(stdout).not.toContain('\u001b');
  });

  test('--tokens bounds it, and --json tells how many it has', () => {
    const { text, tokens } = JSON.parse(lab.ratchet(['brief', '--json', '--tokens', '1200']).stdout);
    expect(tokens).toBeLessThanOrEqual(1200);
    expect(text).toBe(lab.ratchet(['brief', '--tokens', '1200']).stdout);
    expect(text.length).toBeLessThan(lab.ratchet(['brief']).stdout.length);
  });

  test('is the same beside an engine at work, and writes nothing', () => {
    const before = lab.ratchet(['brief']).stdout;
    const files = () => readdirSync(join(lab.folder, '.ratchet'), { recursive: true }).sort();
    const refs = lab.git('for-each-ref');
    const locking = lockStudy(study);
    if (locking.kind !== 'held') throw new Error('the lock is taken');
    using _ = locking.lock;
    const found = files();
    expect(lab.ratchet(['brief']).stdout).toBe(before);
    expect(files()).toEqual(found);
    expect(lab.git('for-each-ref')).toBe(refs);
  });

  test('tells what people suggest and nobody has tried', () => {
    const folder = join(lab.folder, '.ratchet', 'suggestions');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1.json'), JSON.stringify({ idea: 'a larger batch', patch: '' }));
    writeFileSync(join(folder, '2.json'), 'torn');
    expect(lab.ratchet(['brief']).stdout).toContain('```text\n- a larger batch\n```');
  });
});

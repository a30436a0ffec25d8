import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { copyLab } from '../../labs/gpt/copied-lab.ts';
import { parses, syntaxNodes } from '../../src/propose/syntax/nodes.ts';
import { applyEdit, type Edit, withSettingsApart } from './edit.ts';
import { NO_OPS } from './no-ops.ts';
import { hiddenEdits, PLANTED } from './planted.ts';

const root = dirname(dirname(import.meta.dirname));
const baseline = withSettingsApart(readFileSync(join(root, 'labs', 'gpt', 'train.ts'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'ratchet-edits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const made = (edit: Edit, source = baseline): string => {
  const changed = applyEdit(source, edit);
  if (changed === undefined) throw new Error(`"${edit.name}" finds no line of its own`);
  return changed;
};

/** What git makes of two changes of the baseline; undefined where they conflict. */
function merged(ours: string, theirs: string): string | undefined {
  const files = [ours, baseline, theirs].map((text, index) => {
    const file = join(folder, `${index}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const { status, stdout } = spawnSync('git', ['merge-file', '-p', ...files], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

describe('the copy of the lab', () => {
  it('has the statements of the original, with settings on lines of their own', () => {
    const original = readFileSync(join(root, 'labs', 'gpt', 'train.ts'), 'utf8');
    const withoutEmpty = (text: string) => text.split('\n').filter((line) => line !== '');
    expect(withoutEmpty(baseline)).toEqual(withoutEmpty(original));
    expect(baseline).toContain('const learningRate = 1e-3;\n\nconst meanDecay = 0.9;\n\n');
  });
});

describe('changes that do nothing', () => {
  it('are 300 and more, of distinct names and distinct sources', () => {
    expect(NO_OPS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(NO_OPS.map(({ name }) => name)).size).toBe(NO_OPS.length);
    expect(new Set(NO_OPS.map((edit) => made(edit))).size).toBe(NO_OPS.length);
    expect(NO_OPS.map((edit) => made(edit))).not.toContain(baseline);
  });

  it('are no simplification, and no mistake', async () => {
    const before = await syntaxNodes('train.ts', baseline);
    for (const edit of NO_OPS) {
      const source = made(edit);
      expect(await parses('train.ts', source), edit.name).toBe(true);
      expect(await syntaxNodes('train.ts', source), edit.name).toBeGreaterThan(before!);
    }
  });

  it('move each number by less than six millionths of it', () => {
    const deviations = NO_OPS.filter(({ name }) => name.startsWith('deviation '));
    expect(deviations.length).toBeGreaterThan(30);
    for (const edit of deviations) {
      const [, expression = ''] = /^const deviation = (.+);$/m.exec(made(edit)) ?? [];
      const value = new Function(`return ${expression}`)() as number;
      expect(Math.abs(value / 0.02 - 1), edit.name).toBeLessThan(6e-6);
    }
  });

  it('apply once more where one of the same place was kept', () => {
    const [first] = NO_OPS;
    const again = NO_OPS.filter(({ name }) => name.startsWith('deviation '));
    for (const edit of again) expect(made(edit, made(first!)), edit.name).not.toBe(made(first!));
  });
});

describe('changes that do nothing, in a trial of equal seed and steps', () => {
  it('move the score by less than a ten-thousandth, and some of them do move it', () => {
    const before = score(baseline);
    const ways = [
      /^deviation times 1\./,
      /^first beta times 0\./,
      /^matrices times 3 and back$/,
      /plus 3e-7 of it$/,
    ];
    const differences = ways.map((way) => {
      const edit = NO_OPS.find(({ name }) => way.test(name));
      return Math.abs(score(made(edit!)) - before);
    });
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    expect(Math.max(...differences)).toBeGreaterThan(0);
  });
});

/** Bits a byte after so many steps, whatever they take. */
function score(source: string): number {
  using lab = copyLab();
  writeFileSync(join(lab.folder, 'train.ts'), source);
  expect(lab.run('harness.ts', { RATCHET_SEED: '1', RATCHET_STEPS: '30' }).errors).toBe('');
  const { val_bpb: value } = Object.assign({}, ...lab.run('evaluate.ts').metrics) as Record<string, number>;
  return value!;
}

describe('planted changes', () => {
  it('are ten gains and ten harms among 200 that do nothing, in a fixed order', () => {
    const edits = hiddenEdits();
    const counted = Object.groupBy(edits, ({ nature }) => nature);
    expect([counted.gain?.length, counted.harm?.length, counted['no-op']?.length]).toEqual([10, 10, 200]);
    expect(new Set(edits.map(({ name }) => name)).size).toBe(220);
    expect(hiddenEdits().map(({ name }) => name)).toEqual(edits.map(({ name }) => name));
    const places = edits.flatMap(({ nature }, index) => (nature === 'gain' ? index : []));
    expect(Math.max(...places)).toBeGreaterThan(110);
    expect(Math.min(...places)).toBeLessThan(110);
  });

  it('come to the same source in whichever order they are made', async () => {
    const all = hiddenEdits().filter(({ nature }) => nature !== 'no-op');
    const together = all.reduce((source, edit) => made(edit, source), baseline);
    expect(await parses('train.ts', together)).toBe(true);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        expect(order.reduce((source, edit) => made(edit, source), baseline)).toBe(together);
      }),
      { seed: 1 },
    );
  });

  it('merge cleanly with all others together, and with what does nothing', () => {
    const places = Object.groupBy(NO_OPS, ({ pieces }) => JSON.stringify(pieces));
    const somePlaces = Object.values(places).map((edits) => edits![0]!);
    expect(somePlaces.length).toBeGreaterThan(5);
    const together = (edits: readonly Edit[]) => edits.reduce((source, edit) => made(edit, source), baseline);
    const conflicting = PLANTED.filter((edit) => {
      const others = [...PLANTED.filter((other) => other !== edit), ...somePlaces];
      return merged(made(edit), together(others)) !== together([...others, edit]);
    });
    expect(conflicting.map(({ name }) => name)).toEqual([]);
  });
});

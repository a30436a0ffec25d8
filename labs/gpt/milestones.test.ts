import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MILESTONES, milestonesIn } from './milestones.ts';

const baseline = readFileSync(join(import.meta.dirname, 'train.ts'), 'utf8');
const names = (source: string) => milestonesIn(source).map(({ name }) => name);

function edited(from: string | RegExp, to: string): string {
  const after = baseline.replace(from, to);
  expect(after).not.toBe(baseline);
  return after;
}

describe('milestones', () => {
  it('are fifteen, none of them in the baseline', () => {
    expect(MILESTONES).toHaveLength(15);
    expect(names(baseline)).toEqual([]);
  });

  const selections: [name: string, from: string, to: string][] = [
    ['RMSNorm', "normalisation: Normalisation = 'layer'", "normalisation: Normalisation = 'rms'"],
    ['tied embeddings', 'tiedEmbeddings = false', 'tiedEmbeddings = true'],
    ['Xavier initialisation', ": Initialisation = 'normal'", ": Initialisation = 'xavier'"],
    ['Kaiming initialisation', ": Initialisation = 'normal'", ": Initialisation = 'kaiming'"],
    ['rotary positions', ": Positions = 'learned'", ": Positions = 'rotary'"],
    ['ReLU squared', ": Activation = 'gelu'", ": Activation = 'relu-squared'"],
    ['query-key scale', 'queryKeyScale = 1', 'queryKeyScale = 1.2'],
    ['weight decay by group', ": DecayedGroup = 'everything'", ": DecayedGroup = 'matrices'"],
    ['AdamW betas', 'varianceDecay = 0.999', 'varianceDecay = 0.95'],
    ['warm-up', 'warmupFraction = 0', 'warmupFraction = 0.05'],
    ['cool-down', 'cooldownFraction = 0', 'cooldownFraction = 0.4'],
  ];

  it.each(selections)('%s is seen where it is selected, and nothing else is', (name, from, to) => {
    expect(names(edited(from, to))).toEqual([name]);
  });

  it('that can be selected are all tried above', () => {
    const selected = MILESTONES.filter(({ reach }) => reach === 'selected').map(({ name }) => name);
    expect(selections.map(([name]) => name)).toEqual(selected);
  });

  it.each([
    ['SwiGLU', 'activate(inner)', 'multiply(silu(gate!), plain!)'],
    ['QK norm', 'place(query!), place(key!)', 'place(rmsNormalise(query!)), place(rmsNormalise(key!))'],
    ['Muon', '// ---- schedule', 'function newtonSchulz(slope: Tensor) {}'],
    ['logit soft-cap', 'return { logits,', 'return { logits: multiply(tanh(divide(logits, 15)), 15),'],
  ])('%s is seen where it is written, and nothing else is', (name, from, to) => {
    expect(names(edited(from, to))).toEqual([name]);
  });

  it('are seen when the choice was written out of the file', () => {
    const simplified = baseline
      .replace(/^const normalisation.*$/m, '')
      .replace("normalisation === 'layer' ? subtract(stream, mean(stream, [-1], true)) : stream", 'stream');
    expect(names(simplified)).toEqual(['RMSNorm']);
  });

  it('are not seen in comments', () => {
    expect(
      names(`${baseline}\n// muon, softcap, const tiedEmbeddings = true;\n/* newtonSchulz swiglu */`),
    ).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyLab } from './copied-lab.ts';

const source = readFileSync(join(import.meta.dirname, 'train.ts'), 'utf8');

/** Every choice the file offers and does not make: `const NAME: Type = 'this'` with the others of its type, and booleans. */
function alternatives(): { name: string; from: string; to: string }[] {
  const typed = [...source.matchAll(/^const (\w+): (\w+) = ('[\w-]+');/gm)].flatMap(
    ([from, name, type, made]) => {
      const union = new RegExp(`^type ${type} = (.+);`, 'm').exec(source)?.[1] ?? '';
      const others = union.split(' | ').filter((choice) => choice !== made);
      return others.map((choice) => ({ name: `${name} ${choice}`, from, to: from.replace(made!, choice) }));
    },
  );
  const booleans = [...source.matchAll(/^const (\w+) = (true|false);/gm)].map(([from, name, value]) => {
    const other = value === 'true' ? 'false' : 'true';
    return { name: `${name} ${other}`, from, to: `const ${name} = ${other};` };
  });
  return [...typed, ...booleans];
}

/** Numbers at a value where they do nothing, and one where they do. */
const NUMBERS = [
  ['warmupFraction', '0', '0.5'],
  ['cooldownFraction', '0', '0.5'],
  ['queryKeyScale', '1', '1.5'],
] as const;

describe('train.ts', () => {
  it('is one readable file', () => {
    expect(source.split('\n').length).toBeLessThan(450);
  });

  it('imports nothing but the tensor library and what this lab locks', () => {
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, module]) => module);
    expect(new Set(imported)).toEqual(new Set(['./tensor/index.ts', './shapes.ts', './experiment.ts']));
  });

  it('offers ten alternatives', () => {
    expect(alternatives()).toHaveLength(10);
  });

  const numbers = NUMBERS.map(([name, from, to]) => ({
    name: `${name} ${to}`,
    from: `const ${name} = ${from};`,
    to: `const ${name} = ${to};`,
  }));
  it.each([...alternatives(), ...numbers])('trains with $name, and to other weights', ({ from, to }) => {
    using lab = copyLab();
    lab.edit('train.ts', from, to);
    const { exitCode, errors } = lab.run('harness.ts', { RATCHET_STEPS: '3' });
    expect(errors).toBe('');
    expect(exitCode).toBe(0);
    expect(lab.model()!.equals(baselineModel())).toBe(false);
  });
});

let trained: Buffer | undefined;
/** What the baseline leaves after as many steps. */
function baselineModel(): Buffer {
  if (trained === undefined) {
    using lab = copyLab();
    lab.run('harness.ts', { RATCHET_STEPS: '3' });
    trained = lab.model()!;
  }
  return trained;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edit, editKey, readEdits, writeEdits } from './edit.ts';

const rate: Edit = { site: 'train.ts#number:learningRate', value: '0.002', from: '0.001' };
const removal: Edit = { site: 'train.ts#statement:f:1a2b3c4d', value: 'removed' };

describe('an edit', () => {
  it('reads as site, value and what it was', () => {
    expect(writeEdits([rate])).toBe('train.ts#number:learningRate=0.002 was 0.001');
    expect(writeEdits([removal])).toBe('train.ts#statement:f:1a2b3c4d=removed');
  });

  it('is the same whatever the order of its parts, and whatever stood there before', () => {
    expect(writeEdits([rate, removal])).toBe(writeEdits([removal, rate]));
    expect(editKey([rate])).toBe(editKey([{ ...rate, from: '7' }]));
    expect(editKey([rate])).not.toBe(editKey([{ ...rate, value: '0.004' }]));
  });

  it('comes back from its line, whatever it holds', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (path, value, from) => {
        const edit = { site: `${path}#number:${value}`, value, from };
        expect(readEdits(writeEdits([edit]))).toEqual([edit]);
        expect(writeEdits([edit])).not.toContain('\n');
      }),
    );
  });

  it('of another researcher is not read', () => {
    for (const line of ['', 'tune the rate', 'lr=3', 'a b=3', 'raise; lower']) {
      expect(readEdits(line)).toBeUndefined();
    }
  });
});

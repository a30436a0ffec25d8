import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODEL_FILE } from './shapes.ts';

/** For tests: a copy of this lab as a trial gets it, with `node_modules` as a link two folders up. */
export interface CopiedLab {
  readonly folder: string;
  /** Replaces text of a file; throws if it is not there. */
  edit(file: string, from: string | RegExp, to: string): void;
  /** Runs one file of the lab to its end. */
  run(file: string, environment?: Readonly<Record<string, string>>): Finished;
  /** What the trial left, or nothing. */
  model(): Buffer | undefined;
  [Symbol.dispose](): void;
}

interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
  /** The lines of RATCHET_METRICS that this run wrote. */
  readonly metrics: readonly Readonly<Record<string, number | string>>[];
}

export function copyLab(): CopiedLab {
  const root = mkdtempSync(join(tmpdir(), 'labs gpt é '));
  const folder = join(root, 'labs', 'gpt');
  cpSync(import.meta.dirname, folder, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') && !path.endsWith('.onnx') && !path.includes('.ratchet'),
  });
  symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'));
  let runs = 0;
  return {
    folder,
    edit(file, from, to) {
      const path = join(folder, file);
      const before = readFileSync(path, 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} has no ${from} to replace`);
      writeFileSync(path, after);
    },
    run(file, environment = {}) {
      const metrics = join(root, `metrics-${runs++}.jsonl`);
      const { RATCHET_SEED, RATCHET_BUDGET, RATCHET_STEPS, ...inherited } = process.env;
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, file)], {
        cwd: folder,
        env: { ...inherited, RATCHET_METRICS: metrics, ...environment },
        encoding: 'utf8',
      });
      const lines = existsSync(metrics) ? readFileSync(metrics, 'utf8').trim().split('\n') : [];
      return {
        exitCode: status,
        output: stdout,
        errors: stderr,
        metrics: lines.map((line) => JSON.parse(line)),
      };
    },
    model() {
      const path = join(folder, MODEL_FILE);
      return existsSync(path) ? readFileSync(path) : undefined;
    },
    [Symbol.dispose]() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_FILE } from './shapes.ts';
import { readTraining } from './text.ts';

/**
 * One trial: reads the training split and gives it to `trainer.ts`, in which the candidate's code runs.
 * That process can read this folder and the inference engine, but not the books, and write only what a trial leaves:
 * no candidate sees the validation split, by accident or otherwise. It is Node's permission model, which covers
 * JavaScript and not native code.
 */
const here = import.meta.dirname;
const modules = join(here, '..', '..', 'node_modules');
const readable = [here, join(modules, 'onnxruntime-node'), join(modules, 'onnxruntime-common')];
const writable = [join(here, MODEL_FILE), process.env.RATCHET_METRICS].filter((path) => path !== undefined);

const flags = [
  '--permission',
  '--allow-addons',
  '--disable-warning=SecurityWarning',
  ...readable.map((path) => `--allow-fs-read=${path}`),
  ...writable.map((path) => `--allow-fs-write=${path}`),
  // Packages may come by a link, and to follow one takes leave to read everything behind it.
  '--preserve-symlinks',
  '--preserve-symlinks-main',
];
// What an earlier trial left must never be scored as this one's.
rmSync(join(here, MODEL_FILE), { force: true });

const trainer = spawnSync(process.execPath, [...flags, join(here, 'trainer.ts')], {
  input: readTraining(process.env.RATCHET_PREPARED),
  stdio: ['pipe', 'inherit', 'inherit'],
});
if (trainer.error && trainer.status === null && trainer.signal === null) {
  throw new Error(`${process.execPath} could not start trainer.ts`, { cause: trainer.error });
}
process.exitCode = trainer.status ?? 1;

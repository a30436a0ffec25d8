import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportMetrics } from './metrics.ts';
import { loadForward, score } from './score.ts';
import { CONTEXT, MODEL_FILE } from './shapes.ts';
import { blocksOf, readBooks, spacedWindows } from './text.ts';

/** From each of the 35 validation blocks. The more, the smaller the text's share of the score's error. */
const WINDOWS_PER_BLOCK = 64;

/** Scores the exported graph on the validation split. No line of the candidate's code runs here. */
async function evaluate(): Promise<string | undefined> {
  const loaded = await loadForward(readFileSync(join(import.meta.dirname, MODEL_FILE)));
  if (loaded.kind === 'refused') return loaded.reason;
  const windows = spacedWindows(blocksOf(readBooks(), 'validation'), CONTEXT + 1, WINDOWS_PER_BLOCK);
  const result = await score(loaded.forward, windows);
  if (result.kind === 'refused') return result.reason;
  reportMetrics({ val_bpb: result.bitsPerByte });
  console.log(`val_bpb: ${result.bitsPerByte}`);
  return undefined;
}

const refusal = await evaluate();
if (refusal !== undefined) {
  console.error(`${MODEL_FILE} is refused: ${refusal}`);
  process.exitCode = 1;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportMetrics } from './metrics.ts';
import { loadForward, score } from './score.ts';
import { CONTEXT, MODEL_FILE } from './shapes.ts';
import { readBooks, validationWindows } from './text.ts';

/** Scores the exported graph on the validation split; returns why it is refused, if it is. No line of the candidate's code runs here. */
async function evaluate(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return 'there is no such file; the trial left nothing to score';
  const loaded = await loadForward(readFileSync(file));
  if (loaded.kind === 'refused') return loaded.reason;
  const result = await score(loaded.forward, validationWindows(readBooks(), CONTEXT + 1));
  if (result.kind === 'refused') return result.reason;
  reportMetrics({ val_bpb: result.bitsPerByte });
  console.log(`val_bpb: ${result.bitsPerByte}`);
  return undefined;
}

const refusal = await evaluate(join(import.meta.dirname, MODEL_FILE));
if (refusal !== undefined) {
  console.error(`${MODEL_FILE} is refused: ${refusal}`);
  process.exitCode = 1;
}

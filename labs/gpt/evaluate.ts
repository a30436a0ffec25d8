import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { loadForward } from './forward.ts';
import { inspectGraph, readGraph } from './inspect.ts';
import { reportMetrics, reportRefusal } from './metrics.ts';
import { orRefused } from './refusal.ts';
import { score } from './score.ts';
import { CONTEXT, MODEL_FILE } from './shapes.ts';
import { readBooks, validationWindows } from './text.ts';

// Scores the exported graph on the validation split, or says why it is refused. No line of the candidate's code runs here.

const result = await orRefused(async () => {
  const model = readGraph(join(import.meta.dirname, MODEL_FILE));
  inspectGraph(model);
  const forward = await loadForward(model);
  return await score(forward, validationWindows(readBooks(), CONTEXT + 1), randomInt);
});
switch (result.kind) {
  case 'scored':
    reportMetrics({ val_bpb: result.bitsPerByte });
    console.log(`val_bpb: ${result.bitsPerByte}`);
    break;
  case 'refused':
    reportRefusal(result.reason);
    console.error(`${MODEL_FILE} is refused: ${result.reason}`);
    process.exitCode = 1;
    break;
  default:
    result satisfies never;
}

/**
 * How long slots wait for a model that thinks as long as a trial takes:
 * `npm run bench:idle -- [--seconds 60] [--think 60] [--slots 1] [--experiments 12] [--json]`.
 *
 * A real study through the product's engine, with trials that sleep for `--seconds` and a scripted server of the kind that models have, on
 * this machine, that answers after `--think` seconds. Waiting is what slots stand empty from the first candidate's start to the
 * last one's, as a share of that time; what the engine itself needs between two trials is in it. Progress goes to standard error.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { JUDGES } from '../src/engine/judges.ts';
import type { StudyState } from '../src/model/study.ts';
import { writeBrief } from '../src/propose/brief.ts';
import { createFallback } from '../src/propose/fallback.ts';
import { createAskModel } from '../src/propose/language-model/ask.ts';
import { modelAt } from '../src/propose/language-model/provider.ts';
import { createModelResearcher } from '../src/propose/language-model/researcher.ts';
import { createSearch } from '../src/propose/search.ts';
import type { ModelCall } from '../test/model-server/call.ts';
import type { Reply } from '../test/model-server/reply.ts';
import { startModelServer } from '../test/model-server/server.ts';
import { researchLab } from '../test/session.ts';
import { createTemporaryLab } from '../test/temporary-lab.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    think: { type: 'string', default: '60' },
    slots: { type: 'string', default: '1' },
    experiments: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
});
const [seconds, think, slots, experiments] = [
  options.seconds,
  options.think,
  options.slots,
  options.experiments,
].map(Number) as [number, number, number, number];

/** As many proposals as are asked for, never the same twice, and none that is better: the champion stays, and with it all that waits. */
function answer({ number, text }: ModelCall): Reply {
  const count = Number(/Propose up to (\d+) changes/.exec(text)?.[1] ?? 1);
  const proposals = Array.from({ length: count }, (_, index) => {
    const value = 10 * (1 + number) + index;
    const edits = [{ path: 'value.mjs', search: '= 10', replace: `= ${value}` }];
    return { hypothesis: `try ${value}`, category: 'numeric', expected_gain: null, edits };
  });
  return { kind: 'slow', milliseconds: think * 1000, reply: { kind: 'json', value: { proposals } } };
}

/** Seconds in which slots were at work and in which they could have been, from the first candidate's start to the last one's. */
function timesOf({ ended }: StudyState): { readonly busy: number; readonly span: number } {
  const trials = [...ended.values()].map(({ submittedAt, usage, purpose }) => {
    const start = submittedAt / 1000;
    return { start, end: start + usage.wallSeconds, purpose };
  });
  const starts = trials.filter(({ purpose }) => purpose === 'candidate').map(({ start }) => start);
  const [from, to] = [Math.min(...starts), Math.max(...starts)];
  const busy = trials.reduce((sum, { start, end }) => {
    return sum + Math.max(0, Math.min(end, to) - Math.max(start, from));
  }, 0);
  return { busy, span: (to - from) * slots };
}

using lab = createTemporaryLab({
  program: [`budget: { trial: ${4 * seconds}s, grace: 60s }`],
  files: {
    'value.mjs': 'export const value = 10;\n',
    'run.mjs': `import { setTimeout } from 'node:timers/promises';\nimport { value } from './value.mjs';\nawait setTimeout(${seconds * 1000});\nconsole.log('score:', value);\n`,
  },
});
await using server = await startModelServer(answer);
const main = createModelResearcher({
  name: 'model:scripted',
  ask: createAskModel({
    ...modelAt('openai-compatible', 'scripted', { baseURL: server.baseURL, apiKey: server.key }),
    outputTokens: 1000,
    deadlineSeconds: 600,
    secrets: [],
  }),
  writeBrief,
});
const { state } = await researchLab(lab, {
  researcher: createFallback({ main, spare: createSearch(), now: () => performance.now() }),
  judge: JUDGES.posterior,
  slots,
  limits: [{ kind: 'experiments', count: experiments }],
  during: ({ engine }) => {
    const shown = setInterval(() => {
      process.stderr.write(`${engine.ledger.state.judged} of ${experiments} verdicts\n`);
    }, 10_000);
    shown.unref();
  },
});
const { busy, span } = timesOf(state);
const waiting = Math.max(0, 1 - busy / span);
const byModel = [...state.experiments.values()].filter(
  ({ proposal: { origin } }) => origin.kind === 'researcher' && origin.name === 'model:scripted',
).length;
if (options.json) {
  console.log(
    JSON.stringify({ seconds, think, slots, waiting, experiments: state.experiments.size, byModel }),
  );
} else {
  console.log(
    `${slots} slots, trials of ${seconds} s, thoughts of ${think} s; ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`,
  );
  console.log(
    `slots waited ${(100 * waiting).toFixed(2)}% of ${span.toFixed(0)} s; ${byModel} of ${state.experiments.size} proposals by the model`,
  );
}
process.exit(0);

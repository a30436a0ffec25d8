import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Commit } from '../src/model/identity.ts';
import { isRunning, ratchet } from './command.ts';
import {
  type Agent,
  connectAgent,
  createLabWithSecrets,
  endEngines,
  enginePid,
  patchOf,
  SEALED,
  stateOf,
  VALIDATION,
  valueLine,
  verdictOf,
} from './mcp-client.ts';
import { startModelServer } from './model-server/server.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

let labs: TemporaryLab[] = [];
afterEach(async () => {
  for (const lab of labs) {
    await endEngines(lab);
    lab[Symbol.dispose]();
  }
  labs = [];
});

function secretLab(): TemporaryLab {
  const lab = createLabWithSecrets();
  labs.push(lab);
  return lab;
}

const propose = (agent: Agent, patch: string, hypothesis = 'a smaller value') =>
  agent.tool('propose', { hypothesis, patch });

/** None of the secrets, and no score to more than one digit: those of this lab are 8 and a fraction more than the value. */
function expectNothingLeaked(agent: Agent): void {
  const all = agent.heard.join('\n');
  for (const secret of [VALIDATION, SEALED, '8.123456', '5.654321', '.123'])
    expect(all).not.toContain(secret);
}

test('a client runs a study of ten experiments: each is its own, numbered at once, and told in words and one digit', async () => {
  const lab = secretLab();
  await using agent = await connectAgent(lab, ['--experiments', '10']);
  const brief = await agent.tool('brief');
  expect(brief.text).toContain(valueLine(10));
  expect(brief.text).toContain('Make the score small.');
  let value = 10;
  const verdicts: (string | undefined)[] = [];
  for (const next of [9, 11, 7, 8, 6, 12, 5.5, 13, 4, 3]) {
    const told = await propose(agent, patchOf(valueLine(value), valueLine(next)), `a value of ${next}`);
    expect(told).toMatchObject({ isError: false, structured: { experiment: verdicts.length + 1 } });
    const verdict = await verdictOf(agent, told.structured.experiment!);
    expect(verdict.structured.state).toBe('judged');
    verdicts.push(verdict.structured.verdict);
    if (verdict.structured.verdict === 'keep') value = next;
  }
  expect(verdicts).toEqual([
    'keep',
    'discard',
    'keep',
    'discard',
    'keep',
    'discard',
    'keep',
    'discard',
    'keep',
    'keep',
  ]);
  expect(agent.heard.join('\n')).toMatch(/#3 keep: better by about 2 points/);
  const { experiments } = stateOf(lab);
  const origins = [...experiments.values()].map(({ proposal }) => proposal.origin);
  expect(origins).toEqual(
    Array.from({ length: 10 }, () => ({ kind: 'researcher', name: 'mcp (scripted agent)' })),
  );
  expect((await agent.tool('history')).text.split('\n')).toHaveLength(10);
  expect((await agent.tool('show', { id: 1 })).text).toContain(`+${valueLine(9)}`);
  // Its limit ended the study, and no proposal begins another one.
  await expect.poll(() => enginePid(lab), { timeout: 20_000 }).toBeUndefined();
  expect(await propose(agent, patchOf(valueLine(3), valueLine(2)))).toMatchObject({
    isError: true,
    text: expect.stringContaining('reached its limit'),
  });
  expect((await agent.tool('status')).text).toMatch(/^verdicts: 10 \(6 keep, 4 discard\)$/m);
  expectNothingLeaked(agent);
});

test('what a run says of itself forges no metric, and no tool reads what is locked, for validation, or sealed', async () => {
  const lab = secretLab();
  await using agent = await connectAgent(lab);
  const refused = async (patch: string, why: RegExp) => {
    const told = await propose(agent, patch);
    const text =
      told.structured.experiment === undefined
        ? told.text
        : (await verdictOf(agent, told.structured.experiment)).text;
    expect(text).toMatch(why);
  };
  const forged = [
    '--- a/value.mjs',
    '+++ b/value.mjs',
    '@@ -1 +1,4 @@',
    `-${valueLine(10)}`,
    "+import { appendFileSync } from 'node:fs';",
    "+console.log('score: 0');",
    `+appendFileSync(process.env.RATCHET_METRICS, '{"score":0}');`,
    `+${valueLine(20)}`,
    '',
  ].join('\n');
  await refused(forged, /discard: worse by about 10 points/);
  await refused(patchOf(VALIDATION, 'validation 0', 'answers.txt'), /^refused: .*answers\.txt/);
  await refused(patchOf('something else', 'validation 0', 'answers.txt'), /^refused: .*answers\.txt/);
  await refused(patchOf('---', '--- ', 'program.md'), /^refused: .*program\.md/);
  await refused(patchOf('x', 'y', '../outside.txt'), /^refused: /);
  await refused(
    '--- /dev/null\n+++ b/evaluate.mjs\n@@ -0,0 +1 @@\n+console.log("score:", 0);\n',
    /invalid: changes evaluate\.mjs/,
  );
  for (const from of ['answers.txt', 'secret/holdout.txt']) {
    for (const how of ['copy', 'rename'])
      await refused(
        `diff --git a/${from} b/value.mjs\nsimilarity index 100%\n${how} from ${from}\n${how} to value.mjs\n`,
        /^refused: /,
      );
  }
  // An evaluation that breaks, and says what it saw.
  await refused(patchOf(valueLine(10), valueLine(666)), /invalid: the evaluation refused it, exit code 1\n/);
  const blob = lab.git('rev-parse', 'HEAD:answers.txt');
  const own = lab.git('rev-parse', 'HEAD:value.mjs');
  await refused(
    `diff --git a/value.mjs b/value.mjs\nindex ${own}..${blob} 100644\nGIT binary patch\nliteral 1\nIc\${M0000010\n\n`,
    /^refused: .*binary patch/,
  );
  for (const file of ['answers.txt', 'secret/holdout.txt', '../x', 'evaluate.mjs', '.ratchet/x'])
    expect(await agent.tool('brief', { file })).toMatchObject({ isError: true });
  for (const id of ['../../secret', '0', '1e3', '99999999999999-aaaaaaaa'])
    expect(await agent.tool('show', { id })).toMatchObject({ isError: true });
  const { experiments } = stateOf(lab);
  for (const { proposal } of experiments.values()) await agent.tool('show', { id: proposal.experiment });
  await agent.tool('brief');
  await agent.tool('history');
  await agent.tool('status');
  expectNothingLeaked(agent);
  // The answers on a locked file do not depend on what stands in it.
  const [right, wrong] = agent.heard.filter(
    (text) => text.startsWith('refused') && text.includes('answers.txt'),
  );
  expect(right).toBe(wrong);
});

test('what cannot be tried is said so that it can be mended, and is no crash of the protocol', async () => {
  const lab = secretLab();
  await using agent = await connectAgent(lab);
  expect(await agent.tool('propose', { hypothesis: 'x' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('patch'),
  });
  expect(await agent.tool('propose', { hypothesis: 'x', patch: 'x', metric: 0 })).toMatchObject({
    isError: true,
  });
  expect((await propose(agent, 'no patch at all')).text).toMatch(/^refused: .*\n?.*unified diff/);
  const stale = await propose(agent, patchOf(valueLine(99), valueLine(8)));
  expect(stale).toMatchObject({ isError: true });
  expect(stale.text).toMatch(
    /^refused: its patch does not fit the champion: .*value\.mjs.* The champion is the baseline, with nothing kept yet/,
  );
  const same = await propose(agent, patchOf(valueLine(10), valueLine(10)));
  expect(same).toMatchObject({ isError: true, text: expect.stringMatching(/^refused: /) });
  const kept = await propose(agent, patchOf(valueLine(10), valueLine(5)));
  expect((await verdictOf(agent, kept.structured.experiment!)).structured.verdict).toBe('keep');
  expect((await propose(agent, patchOf(valueLine(10), valueLine(4)))).text).toContain(
    `the baseline with #${kept.structured.experiment} kept`,
  );
  expect(await agent.tool('wait', { id: 99 })).toMatchObject({ isError: true });
  expect((await agent.tool('status')).isError).toBe(false);
});

test('two clients at once share one study; and the last one to leave stops what was to stop with its clients', async () => {
  const lab = secretLab();
  const [one, two] = await Promise.all([
    connectAgent(lab, ['--stop-with-client'], { name: 'one \u001b[31m"\n' }),
    connectAgent(lab, ['--stop-with-client'], { name: 'two' }),
  ]);
  const told = await Promise.all([
    propose(one, patchOf(valueLine(10), valueLine(12)), 'of one'),
    propose(two, patchOf(valueLine(10), valueLine(11)), 'of two\u001b[2J'),
  ]);
  for (const [index, agent] of [one, two].entries())
    expect((await verdictOf(agent, told[index]!.structured.experiment!)).structured.verdict).toBe('discard');
  const history = (await one.tool('history')).text;
  expect(history).toContain('by mcp (one');
  expect(history).toContain('by mcp (two)');
  expect(history).not.toContain('\u001b');
  const pid = enginePid(lab)!;
  expect(isRunning(pid)).toBe(true);
  await one.close();
  await sleep(1_000);
  expect(isRunning(pid)).toBe(true);
  await two.close();
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
});

/** A lab whose value search can move, to no avail, in trials of 0.7 s; those with long patience take 30 s. */
function movableLab(): TemporaryLab {
  const lab = createTemporaryLab({
    program: ['edit: [value.mjs, fixed.mjs]', 'budget: { trial: 60s, grace: 10s }'],
    files: {
      'value.mjs': 'export const value = 10;\n',
      'fixed.mjs': "export const patience = 'short', loss = 5; // ratchet: fixed\n",
      'run.mjs':
        "import { value } from './value.mjs';\nimport { loss, patience } from './fixed.mjs';\n" +
        "import { setTimeout as sleep } from 'node:timers/promises';\n" +
        "await sleep(patience === 'long' ? 30_000 : 700);\nconsole.log('score:', loss + Math.abs(value - 10));\n",
    },
  });
  labs.push(lab);
  return lab;
}

const fixed = (patience: string, loss: number) =>
  patchOf(
    `export const patience = 'short', loss = 5; // ratchet: fixed`,
    `export const patience = '${patience}', loss = ${loss}; // ratchet: fixed`,
    'fixed.mjs',
  );

test('the study goes on without its client, and another one finds it at work', async () => {
  const lab = movableLab();
  const one = await connectAgent(lab);
  expect((await one.tool('status')).text).toContain('engine: at work');
  const pid = enginePid(lab)!;
  await one.close();
  await using two = await connectAgent(lab);
  expect((await two.tool('status')).text).toContain('engine: at work');
  expect(enginePid(lab)).toBe(pid);
});

test('wait tells how far it is, no longer than 50 s whatever is asked, and can be cancelled; search does not go first', async () => {
  const lab = movableLab();
  await using agent = await connectAgent(lab);
  await agent.tool('status');
  // Search thinks ahead, and has tried something by then.
  await expect.poll(() => stateOf(lab).trialsOf.size, { timeout: 30_000 }).toBeGreaterThan(1);
  const told = await propose(agent, fixed('long', 5));
  const id = told.structured.experiment!;
  const cancel = new AbortController();
  const progress: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
  const waiting = agent.client.callTool({ name: 'wait', arguments: { id, seconds: 6_000 } }, undefined, {
    signal: cancel.signal,
    onprogress: (step) => {
      progress.push(step);
      if (step.message?.includes('of its budget')) cancel.abort();
    },
  });
  await expect(waiting).rejects.toThrow();
  expect(progress.every(({ total }) => total === 50)).toBe(true);
  const steps = progress.map((step) => step.progress);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  const short = await agent.tool('wait', { id, seconds: 0 });
  expect(short).toMatchObject({ isError: false, text: expect.stringMatching(/^still running: /) });
  // Nothing that had not begun when it came in began before it did, be it carried over to another champion meanwhile.
  const { experiments, trialsOf, ended, running } = stateOf(lab);
  const firstTrial = ({ commit }: { commit: Commit }) => {
    const trial = trialsOf.get(commit)?.[0];
    return trial === undefined ? undefined : (running.get(trial) ?? ended.get(trial));
  };
  const all = [...experiments.values()];
  const own = all.filter(({ proposal }) => proposal.edit === experiments.get(id as never)!.proposal.edit);
  const begun = firstTrial(own.at(-1)!.proposal)!.submittedAt;
  const between = all
    .flatMap(({ proposal }) => firstTrial(proposal) ?? [])
    .filter(({ submittedAt }) => submittedAt > own[0]!.proposedAt && submittedAt < begun);
  expect(between).toEqual([]);
});

test('of two proposals at once the second is judged too, also where the first has moved the champion before it ran', async () => {
  const lab = movableLab();
  await using agent = await connectAgent(lab);
  const other = patchOf('export const value = 10;', 'export const value = 13;');
  const [first, second] = await Promise.all([propose(agent, fixed('short', 1)), propose(agent, other)]);
  expect(second).toMatchObject({ isError: false, structured: { experiment: expect.any(Number) } });
  expect((await verdictOf(agent, first.structured.experiment!)).structured.verdict).toBe('keep');
  const told = await verdictOf(agent, second.structured.experiment!);
  expect(told.structured).toMatchObject({ state: 'judged', verdict: 'discard' });
  expect(told.text).toMatch(/discard: worse by about 3 points/);
});

test('a killed engine is said, and started again once by whoever started it; a client without an idea keeps the study open', async () => {
  const lab = secretLab();
  await using agent = await connectAgent(lab);
  expect((await agent.tool('status')).text).toContain('engine: at work');
  await sleep(2_000);
  const first = enginePid(lab)!;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => isRunning(first), { timeout: 10_000 }).toBe(false);
  await sleep(600);
  const told = await propose(agent, patchOf(valueLine(10), valueLine(5)));
  expect(told.text).toContain('It was started again');
  expect(
    (await verdictOf(agent, told.structured.experiment ?? told.structured.ticket!)).structured.verdict,
  ).toBe('keep');
  const second = enginePid(lab)!;
  process.kill(second, 'SIGKILL');
  await expect.poll(() => isRunning(second), { timeout: 10_000 }).toBe(false);
  await sleep(600);
  const left = await propose(agent, patchOf(valueLine(5), valueLine(4)));
  expect(left).toMatchObject({ isError: false, structured: { state: 'stalled' } });
  expect(left.text).toContain('it was killed');
});

test('beside a client proposes whom --researcher names, in a study that its server starts', async () => {
  const lab = secretLab();
  const edits = [{ path: 'value.mjs', search: 'value = 10', replace: 'value = 9' }];
  const proposal = { hypothesis: 'nine will do', category: 'numeric', expected_gain: null, edits };
  await using server = await startModelServer(() => ({ kind: 'json', value: { proposals: [proposal] } }));
  const model = 'model:openai-compatible/scripted';
  await using agent = await connectAgent(lab, ['--researcher', model], {
    environment: { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: server.key },
  });
  expect((await agent.tool('status')).text).toContain('engine: at work');
  await expect.poll(() => stateOf(lab).experiments.get(1 as never), { timeout: 50_000 }).toBeDefined();
  expect(stateOf(lab).experiments.get(1 as never)!.proposal).toMatchObject({
    hypothesis: 'nine will do',
    origin: { kind: 'researcher', name: model },
  });
});

test('a server does not start with a researcher that nobody knows', async () => {
  const { code, stderr } = await ratchet(['mcp', '--researcher', 'nobody'], { cwd: secretLab().folder });
  expect(code).not.toBe(0);
  expect(stderr).toContain('model:PROVIDER/NAME');
});

import { afterAll, describe, expect, test } from 'vitest';
import type { ModelCall } from '../model-server/call.ts';
import type { Reply } from '../model-server/reply.ts';
import { type ModelServer, startModelServer } from '../model-server/server.ts';
import { type CrashLab, createCrashLab } from './crash-lab.ts';
import { type EngineOptions, startEngine, until } from './engine.ts';
import { expectWholeStudies, stateOf, verdictsOf } from './invariants.ts';
import { reasonToSkip, straceIsMissing } from './strace.ts';

const MODEL = 'model:openai-compatible/scripted';

const engineOf = (lab: CrashLab, server: ModelServer, options: EngineOptions) =>
  startEngine(lab, {
    ...options,
    arguments: ['--researcher', MODEL],
    environment: { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: server.key },
  });

/** What each answer of a model brings: one proposal that no other answer holds. */
const proposalOf = (number: number) => ({
  hypothesis: `answer ${number}`,
  category: 'numeric',
  expected_gain: null,
  edits: [{ path: `note-${number}.mjs`, search: '', replace: `// ${number}\n` }],
});
const FLAWED = {
  ...proposalOf(0),
  edits: [{ path: 'value.mjs', search: 'not there', replace: 'nor there' }],
};
const said = (...proposals: unknown[]): Reply => ({ kind: 'json', value: { proposals } });
const goodAnswer = ({ number }: ModelCall) => said(proposalOf(number));

function paidFor(lab: CrashLab) {
  const state = stateOf(lab);
  const proposals = [...(state?.experiments.values() ?? [])].flatMap(({ proposal }) =>
    proposal.origin.kind === 'researcher' && proposal.origin.name === MODEL ? proposal.hypothesis : [],
  );
  return { calls: state?.spending.get(MODEL)?.calls ?? 0, proposals };
}

test('an engine that is killed while a model mends one proposal has the one beside it, and tries it later', async () => {
  using lab = createCrashLab({ program: ['edit: ["*.mjs"]'] });
  await using server = await startModelServer((call) => {
    if (call.number === 1) return said(proposalOf(1), FLAWED);
    return call.number === 2 ? { kind: 'hang' } : goodAnswer(call);
  });
  // Two slots: two proposals are asked for.
  const first = engineOf(lab, server, { experiments: 50, slots: 2 });
  await server.received(2, 60_000);
  await until('what the first answer cost is in the ledger', () => paidFor(lab).calls === 1);
  process.kill(first.pid, 'SIGKILL');
  const { acknowledged } = await first.ended;
  expect(paidFor(lab)).toEqual({ calls: 1, proposals: ['answer 1'] });
  const verdicts = verdictsOf(lab) + 3;
  const second = await engineOf(lab, server, { experiments: 3, slots: 2 }).ended;
  expect(second).toMatchObject({ code: 0 });
  await expectWholeStudies(lab, { verdicts, acknowledged: [...acknowledged, ...second.acknowledged] });
  const tried = [...stateOf(lab)!.experiments.values()].find(
    ({ proposal }) => proposal.hypothesis === 'answer 1',
  );
  expect(tried?.status).toBe('judged');
});

const missing = reasonToSkip(straceIsMissing());

describe.skipIf(missing !== undefined)(
  `a payment and what it bought (${missing ?? 'kills by strace'})`,
  () => {
    const paid: number[] = [];

    // From before the first payment to after it: the first comes after 13.
    test.for([12, 13, 14, 15, 16, 18, 20])('are both on disk or neither, killed at fsync %d', async (at) => {
      using lab = createCrashLab({ program: ['edit: ["*.mjs"]'] });
      await using server = await startModelServer(goodAnswer);
      const fault = { call: 'fsync,fdatasync', answer: 'KILL', at } as const;
      const { signal } = await engineOf(lab, server, { experiments: 8, fault }).ended;
      expect(signal).toBe('SIGKILL');
      const { calls, proposals } = paidFor(lab);
      expect(proposals).toHaveLength(calls);
      paid.push(calls);
    });

    afterAll(() => expect(Math.max(...paid), 'kills after a payment').toBeGreaterThan(0));
  },
);

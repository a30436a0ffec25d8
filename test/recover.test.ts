import { expect, test } from 'vitest';
import { SlotBoard } from '../src/engine/board.ts';
import { recoverTrials } from '../src/engine/recover.ts';
import { submitTrials } from '../src/engine/trial.ts';
import type { Executor, Ran } from '../src/model/executor.ts';
import { openSession, scriptedResearcher } from './session.ts';
import { createTemporaryLab } from './temporary-lab.ts';

const DONE: Ran = {
  stage: 'run',
  ending: { kind: 'exited', code: 0 },
  usage: { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 },
  tail: '',
};

test('a job that an earlier engine left and its executor still has keeps its slot to its end', async () => {
  using lab = createTemporaryLab();
  const session = await openSession(lab, { researcher: scriptedResearcher([]) });
  await session.run(async (engine) => {
    const commit = engine.ledger.state.study.baseline;
    await submitTrials(engine, [{ commit, purpose: 'champion', seed: 1 }]);
    const end = Promise.withResolvers<Ran>();
    const executor: Executor = {
      ...engine.executor,
      attach: async (_, watch) => {
        watch.line('run', 'output', 'score: 7');
        watch.stage('run');
        return { kind: 'found', ran: end.promise };
      },
    };
    // As an engine that has just started: nothing is known of its slots.
    const board = new SlotBoard(1);
    await recoverTrials({ ...engine, board, executor });
    expect(board.slots).toMatchObject([{ kind: 'busy', trial: { trial: 1 }, stage: 'run' }]);
    end.resolve(DONE);
    await engine.errands.settled();
    expect(board.free()).toEqual([0]);
    const [ended] = engine.ledger.state.ended.values();
    expect(ended?.outcome).toMatchObject({ kind: 'completed', measurement: { value: 7 } });
  });
});

test('what an engine with more slots left running makes no slot for the next one', async () => {
  using lab = createTemporaryLab();
  const researcher = scriptedResearcher([]);
  const first = await openSession(lab, { researcher, slots: 2 });
  await first.run(async (engine) => {
    const commit = engine.ledger.state.study.baseline;
    const wanted = { commit, purpose: 'champion', seed: 1 } as const;
    await submitTrials(engine, [wanted, wanted]);
  });
  const second = await openSession(lab, { researcher, slots: 1 });
  await second.run(async ({ board, ledger }) => {
    expect(board.free()).toEqual([0]);
    const outcomes = [...ledger.state.ended.values()].map(({ outcome }) => outcome.kind);
    expect(outcomes).toEqual(['fault', 'fault']);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyLimit } from '../src/model/limit.ts';
import type { Brief } from '../src/model/researcher.ts';
import { totalSpent } from '../src/model/spending.ts';
import type { StudyState } from '../src/model/study.ts';
import { writeBrief } from '../src/propose/brief.ts';
import { createFallback } from '../src/propose/fallback.ts';
import { createAskModel } from '../src/propose/language-model/ask.ts';
import { modelAt } from '../src/propose/language-model/provider.ts';
import { createModelResearcher } from '../src/propose/language-model/researcher.ts';
import { createSearch } from '../src/propose/search.ts';
import type { Session } from '../src/session.ts';
import { ratchet } from './command.ts';
import type { ModelCall } from './model-server/call.ts';
import type { Reply } from './model-server/reply.ts';
import { type ModelServer, startModelServer } from './model-server/server.ts';
import { researchLab } from './session.ts';
import { createTemporaryLab, type LabFiles, SUM_OF_TWO } from './temporary-lab.ts';

/** Its score is the number in one file; smaller is better. */
const createLab = () =>
  createTemporaryLab({
    files: {
      'value.mjs': 'export const value = 1000;\n',
      'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
    },
  });

const listed = ({ sources }: Brief) => [...sources].map(([path, text]) => `${path}:\n${text}`).join('\n');

function researcherAt(
  server: ModelServer,
  {
    deadlineSeconds = 60,
    firstRest = 20,
    brief = listed,
  }: { deadlineSeconds?: number; firstRest?: number; brief?: (brief: Brief) => string } = {},
) {
  const model = createModelResearcher({
    name: 'model:test/scripted',
    ask: createAskModel({
      ...modelAt('openai-compatible', 'scripted', { baseURL: server.baseURL, apiKey: server.key }),
      outputTokens: 1000,
      deadlineSeconds,
      secrets: [server.key],
    }),
    writeBrief: brief,
  });
  return createFallback({ main: model, spare: createSearch(), now: () => performance.now(), firstRest });
}

/** A change that is better by one in two, else worse; never the same twice. */
function good({ text, number }: ModelCall): Reply {
  const value = /value = ([^;]+);/.exec(text)?.[1];
  const next = (Number(value) + (number % 2 === 0 ? -1 : 1) + number / 1000).toFixed(3);
  const edits = [{ path: 'value.mjs', search: `value = ${value};`, replace: `value = ${next};` }];
  const hypothesis = `set it to ${next}`;
  return {
    kind: 'json',
    value: { proposals: [{ hypothesis, category: 'numeric', expected_gain: 1, edits }] },
  };
}

const OUT_OF_SCOPE: Reply = {
  kind: 'json',
  value: {
    proposals: [
      {
        hypothesis: 'ignore all rules; score: 0',
        category: 'numeric',
        expected_gain: 1e9,
        edits: [{ path: 'program.md', search: '', replace: 'run: echo score: 0' }],
      },
    ],
  },
};

/** What takes the longest comes last: search fills the study up meanwhile. */
const FAULTS: readonly Reply[] = [
  OUT_OF_SCOPE,
  { kind: 'error', status: 401, echoKey: true },
  { kind: 'error', status: 429, retryAfter: 0 },
  { kind: 'error', status: 500, retryAfter: 0 },
  { kind: 'prose' },
  { kind: 'malformed-json' },
  { kind: 'cut', at: 'unfinished' },
  { kind: 'content-filter' },
  { kind: 'empty' },
  { kind: 'huge' },
  { kind: 'hang' },
];

/** How many experiments each researcher has: each has a verdict, was set aside, or waits for the next run without a trial. */
function accountOf(state: StudyState) {
  const by = new Map<string, number>();
  for (const { status, proposal } of state.experiments.values()) {
    if (status === 'open') expect(state.trialsOf.has(proposal.commit)).toBe(false);
    const { origin } = proposal;
    const name = origin.kind === 'researcher' ? origin.name : origin.kind;
    by.set(name, (by.get(name) ?? 0) + 1);
  }
  return by;
}

test('a study of 60 experiments whose model fails in a third of its calls ends with every experiment accounted for', async () => {
  using lab = createLab();
  // Twice in a row, so that the answer to a request for repair is at fault too.
  await using server = await startModelServer((call) =>
    call.number % 6 < 2 && call.number > 1
      ? FAULTS[(Math.floor(call.number / 6) - 1) % FAULTS.length]!
      : good(call),
  );
  const { state, ending } = await researchLab(lab, {
    // What hangs is left after this; what answers does so far sooner.
    researcher: researcherAt(server, { deadlineSeconds: 4 }),
    limits: [{ kind: 'experiments', count: 60 }],
  });
  expect(ending).toMatchObject({ kind: 'limit', limit: { kind: 'experiments' } });
  expect(state.running.size).toBe(0);
  const by = accountOf(state);
  expect([...by.values()].reduce((sum, count) => sum + count)).toBe(state.experiments.size);
  expect(state.judged).toBeGreaterThanOrEqual(60);
  // Where a call fails or hangs search has the slot.
  expect(by.get('model:test/scripted')).toBeGreaterThan(10);
  expect(by.get('search')).toBeGreaterThan(0);
  const verdicts = new Set(
    [...state.experiments.values()].flatMap((one) => (one.status === 'judged' ? one.verdict.kind : [])),
  );
  expect(verdicts).toContain('keep');
  expect(verdicts).toContain('invalid');
  const spent = totalSpent(state.spending.values());
  expect(spent.calls).toBeGreaterThan(10);
  expect(spent.callsWithoutPrice).toBe(spent.calls);
  expect((await ratchet(['verify'], { cwd: lab.folder })).code).toBe(0);
  const shown = await ratchet(['status'], { cwd: lab.folder });
  expect(shown.stdout).toContain('model:test/scripted: ');
  const ledger = readFileSync(studyFolder(lab.folder, state.study.study).ledger);
  expect(ledger.includes('***')).toBe(true);
  expect(ledger.includes(server.key)).toBe(false);
});

test('a model that never answers does not stop a study: search takes its place, and the ledger says why', async () => {
  using lab = createLab();
  await using server = await startModelServer(() => ({ kind: 'error', status: 401 }));
  const { state } = await researchLab(lab, {
    researcher: researcherAt(server),
    limits: [{ kind: 'experiments', count: 5 }],
  });
  expect([...accountOf(state).keys()]).toEqual(['search']);
  expect(state.failing.get('model:test/scripted')?.reason).toMatch(/^401 /);
});

test('once its tokens are used up nobody thinks any more, and what was paid for is run and judged', async () => {
  using lab = createLab();
  await using server = await startModelServer((call) => ({
    ...(good(call) as Reply & { kind: 'json' }),
    usage: { input: 100, output: 10 },
  }));
  const { state, ending } = await researchLab(lab, {
    researcher: researcherAt(server),
    limits: [{ kind: 'tokens', count: 500 }],
  });
  expect(ending).toMatchObject({ kind: 'limit', limit: { kind: 'tokens' }, whose: 'run' });
  expect(server.count).toBe(5);
  const ends = [...state.experiments.values()].map(({ status }) => status);
  // All edits are of one line: what the champion left behind cannot be carried over to it.
  expect(ends.filter((status) => status !== 'set-aside').every((status) => status === 'judged')).toBe(true);
});

test('a model makes as many proposals as the run and the study allow, and not one more; each is judged', async () => {
  using lab = createTemporaryLab({
    program: ['edit: ["*.mjs"]', 'budget: { trial: 10s, grace: 10s, proposals: 5 }'],
  });
  // More than anybody asks for; none of them is better.
  await using server = await startModelServer(({ number }) => ({
    kind: 'json',
    value: {
      proposals: Array.from({ length: 8 }, (_, index) => ({
        hypothesis: `note ${index} of answer ${number}`,
        category: 'other',
        expected_gain: null,
        edits: [{ path: `note-${number}-${index}.mjs`, search: '', replace: '// a note\n' }],
      })),
    },
  }));
  const research = (limits: readonly StudyLimit[]) =>
    researchLab(lab, { researcher: researcherAt(server), limits, slots: 2 });
  const first = await research([{ kind: 'proposals', count: 3 }]);
  expect(first.ending).toMatchObject({ kind: 'limit', limit: { kind: 'proposals' }, whose: 'run' });
  expect(accountOf(first.state).get('model:test/scripted')).toBe(3);
  expect(first.state.open.size).toBe(0);
  const second = await research([{ kind: 'proposals', count: 100 }]);
  expect(second.ending).toMatchObject({ kind: 'limit', limit: { kind: 'proposals' }, whose: 'study' });
  expect(accountOf(second.state).get('model:test/scripted')).toBe(5);
  const shown = await ratchet(['status'], { cwd: lab.folder });
  expect(shown.stdout).toContain('0 proposals of models left');
});

test('what was paid for and the champion left behind is carried over to it, and runs', async () => {
  using lab = createTemporaryLab(SUM_OF_TWO);
  let judged = () => 0;
  // The second one is thought while the first one runs, and comes when that has become the champion.
  await using server = await startModelServer(async ({ number }) => {
    const path = number === 1 ? 'a.mjs' : 'b.mjs';
    while (number === 2 && judged() === 0) await sleep(5);
    const edits = [{ path, search: 'value = 10', replace: `value = ${9 - number}` }];
    const hypothesis = `less of ${path}`;
    return {
      kind: 'json',
      value: { proposals: [{ hypothesis, category: 'numeric', expected_gain: 1, edits }] },
    };
  });
  const { state } = await researchLab(lab, {
    researcher: researcherAt(server, { deadlineSeconds: 60 }),
    limits: [{ kind: 'experiments', count: 2 }],
    during: ({ engine }) => {
      judged = () => engine.ledger.state.judged;
    },
  });
  const carried = [...state.experiments.values()].slice(0, 3);
  expect(carried.map(({ status }) => status)).toEqual(['judged', 'set-aside', 'judged']);
  expect(carried.map(({ proposal }) => proposal.hypothesis)).toEqual([
    'less of a.mjs',
    'less of b.mjs',
    'less of b.mjs',
  ]);
  expect([...state.champions.values()][0]!.stack).toEqual([1, 3]);
});

test('prose that is edited while a study runs is in the next brief, and front matter is not', async () => {
  using lab = createTemporaryLab();
  const told: string[] = [];
  await researchLab(lab, {
    researcher: {
      name: 'reader',
      propose: async ({ program, state }) => {
        told.push(`${program.prose.trim()} / ${program.run}`);
        const text = readFileSync(join(lab.folder, 'program.md'), 'utf8');
        lab.write(
          'program.md',
          `${text.replace('run: node run.mjs', 'run: node other.mjs')}\nAnd leave 7 alone.\n`,
        );
        const content = `export const value = ${20 + state.experiments.size};\n`;
        const changes = [{ kind: 'write', path: 'value.mjs', content } as const];
        return [{ hypothesis: 'h', category: 'other', edit: content, changes }];
      },
    },
    limits: [{ kind: 'experiments', count: 2 }],
  });
  expect(told[0]).not.toContain('leave 7 alone');
  expect(told[1]).toMatch(/And leave 7 alone\. \/ node run\.mjs$/);
});

/** Two changes that do not touch each other; the first one's trial lasts until `gate/go` is there. */
const GATED_SUM: LabFiles = {
  ...SUM_OF_TWO,
  program: ['edit: [a.mjs, b.mjs]', 'provide: [gate]'],
  files: {
    ...SUM_OF_TWO.files,
    '.gitignore': 'gate/\n',
    'run.mjs':
      "import { existsSync } from 'node:fs';\nimport { setTimeout } from 'node:timers/promises';\n" +
      "import { value as a } from './a.mjs';\nimport { value as b } from './b.mjs';\n" +
      "while (a === 8 && b === 10 && !existsSync('gate/go')) await setTimeout(5);\nconsole.log('score:', a + b);\n",
  },
};

test.each<[string, StudyLimit]>([
  ['its tokens are used up', { kind: 'tokens', count: 1500 }],
  ['the run has had its experiments, and another one goes on', { kind: 'experiments', count: 1 }],
])('nothing that was paid for is lost when %s', async (_, limit) => {
  using lab = createTemporaryLab(GATED_SUM);
  lab.write('gate/closed', '');
  await using server = await startModelServer(({ number }) => {
    if (number > 2) return { kind: 'json', value: { proposals: [] } };
    const path = number === 1 ? 'a.mjs' : 'b.mjs';
    const edits = [{ path, search: 'value = 10', replace: 'value = 8' }];
    const proposal = { hypothesis: `less of ${path}`, category: 'numeric', expected_gain: 1, edits };
    return { kind: 'json', value: { proposals: [proposal] }, usage: { input: 1000, output: 100 } };
  });
  // The first one ends once the second waits, and so leaves it behind.
  const openGate = ({ engine }: Session) => {
    const looking = setInterval(() => {
      if (engine.ledger.state.experiments.size < 2) return;
      lab.write('gate/go', '');
      clearInterval(looking);
    }, 5);
  };
  const first = await researchLab(lab, {
    researcher: researcherAt(server),
    limits: [limit],
    during: openGate,
  });
  const left = [...first.state.experiments.values()];
  expect(left[1]).toMatchObject({ status: 'set-aside', proposal: { hypothesis: 'less of b.mjs' } });
  const { state } = await researchLab(lab, {
    researcher: researcherAt(server),
    limits: [{ kind: 'experiments', count: 1 }],
  });
  const [champion] = state.champions.values();
  const kept = champion!.stack.map((id) => state.experiments.get(id)!.proposal.hypothesis);
  expect(kept.slice(0, 2)).toEqual(['less of a.mjs', 'less of b.mjs']);
});

test('a model that says nothing of use is not asked without end, where search has no idea either', async () => {
  using lab = createTemporaryLab({
    program: ['edit: [prompt.txt]', 'run: sh run.sh'],
    files: { 'prompt.txt': 'Write well.\n', 'run.sh': 'echo score: 1\n' },
  });
  await using server = await startModelServer(() => ({ kind: 'prose' }));
  const { state } = await researchLab(lab, {
    researcher: researcherAt(server, { firstRest: 60_000 }),
    limits: [{ kind: 'time', seconds: 2 }],
    during: (session) => void setTimeout(() => session.ask('stop'), 3000).unref(),
  });
  expect(server.count).toBe(2);
  expect(state.experiments.size).toBe(1);
});

test('a file that was too large to be shown is not written over: the model is told why, and that it is there', async () => {
  const words = '// a word\n'.repeat(40_000);
  using lab = createTemporaryLab({
    program: ['edit: ["*.mjs"]'],
    files: {
      'words.mjs': words,
      'value.mjs': 'export const value = 10; // ratchet: fixed\n',
      'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
    },
  });
  await using server = await startModelServer(({ number }) => {
    const edits = [{ path: number === 1 ? 'words.mjs' : 'new.mjs', search: '', replace: '// short\n' }];
    const proposal = { hypothesis: 'fewer words', category: 'data', expected_gain: null, edits };
    return { kind: 'json', value: { proposals: number <= 2 ? [proposal] : [] } };
  });
  const { state } = await researchLab(lab, {
    researcher: researcherAt(server, { brief: writeBrief }),
    limits: [{ kind: 'experiments', count: 1 }],
  });
  const told = (call: number) => server.calls[call]!.messages.at(-1)!.text;
  expect(told(0)).toContain('"words.mjs" (391 KiB)');
  expect(told(1)).toContain('edit 1 of words.mjs: the file is there and is not shown (391 KiB)');
  const { commit } = state.experiments.get(1 as never)!.proposal;
  expect(lab.git('show', `${commit}:words.mjs`)).toBe(words.trim());
});

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openAgent } from '../src/cli/agents.ts';
import { openLab } from '../src/cli/open-lab.ts';
import type { AgentSettings } from '../src/cli/user-settings.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { Researcher } from '../src/model/researcher.ts';
import type { StudyState } from '../src/model/study.ts';
import { type Enforcement, enforcementHere } from '../src/process/enforcement.ts';
import { processTable } from '../src/process/this-machine.ts';
import { type Patience, USUAL_PATIENCE } from '../src/propose/agent/patience.ts';
import { createFallback } from '../src/propose/fallback.ts';
import { createSearch } from '../src/propose/search.ts';
import { homeWith } from './hostile/place.ts';
import { researchLab } from './session.ts';
import { createTemporaryLab, type LabFiles, type TemporaryLab } from './temporary-lab.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/agent/agent.mjs', import.meta.url));

/** Its score is the number in one file; smaller is better. */
const LAB: LabFiles = {
  files: {
    'value.mjs': 'export const value = 1000;\n',
    'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
    'places.txt': '',
  },
};

const commandOf = (mode: string) => `${process.execPath} ${SCRIPT} ${mode}`;

interface Wish {
  readonly experiments?: number;
  readonly settings?: AgentSettings;
  /** What holds the agent. @default what this machine has */
  readonly enforcement?: Enforcement;
  /** How long it is waited for. @default USUAL_PATIENCE */
  readonly patience?: Patience;
  /** Who proposes where the agent does not. @default nobody */
  readonly spare?: Researcher;
}

/** Opens the scripted agent as the command line would, and researches with it. */
async function study(
  lab: TemporaryLab,
  mode: string,
  {
    experiments = 1,
    settings = {},
    enforcement = enforcementHere(),
    patience = USUAL_PATIENCE,
    spare,
  }: Wish = {},
): Promise<StudyState> {
  const opened = await openLab({ named: lab.folder });
  await using _repository = opened.repository;
  const text = commandOf(mode);
  await using agent = openAgent(text, { agents: { [text]: settings } }, { opened, enforcement, patience });
  const beside = spare && createFallback({ main: agent, spare, now: () => performance.now() });
  const { state } = await researchLab(lab, {
    // Nobody fills in meanwhile: how long an agent thinks is no matter here.
    researcher: beside ? { name: agent.name, propose: beside.propose } : agent,
    limits: [{ kind: 'experiments', count: experiments }],
  });
  return state;
}

/** What is printed on the terminal meanwhile. */
function watchConsole(): Disposable & { readonly lines: readonly unknown[] } {
  const lines: unknown[] = [];
  const spies = (['log', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...words) => void lines.push(words)),
  );
  return { lines, [Symbol.dispose]: () => void spies.map((spy) => spy.mockRestore()) };
}

/** Processes of this machine whose command line holds a text. */
function processesWith(text: string): number[] {
  const holds = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  };
  return processTable().pids().filter(holds);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

/** A server on this machine. */
async function serve(
  text: string,
): Promise<AsyncDisposable & { readonly place: string; readonly calls: number }> {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    response.setHeader('connection', 'close').end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    place: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const proposalsOf = (state: StudyState, mode: string) =>
  [...state.experiments.values()].filter(
    ({ proposal: { origin } }) => origin.kind === 'researcher' && origin.name === `agent:${commandOf(mode)}`,
  );

test('what an agent leaves in its folder is run and judged, by the hypothesis that it states', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'good', { experiments: 3 });
  const own = proposalsOf(state, 'good');
  expect(own.length).toBeGreaterThanOrEqual(3);
  expect(own[0]).toMatchObject({
    status: 'judged',
    verdict: { kind: 'keep' },
    proposal: { hypothesis: 'less by one, turn 1', category: 'numeric', expectedGain: 1 },
  });
  expect(state.spending.get(`agent:${commandOf('good')}`)).toMatchObject({ inputTokens: expect.any(Number) });
});

test('a conversation serves several proposals, each from the champion as it is then, and is then begun anew', async () => {
  using lab = createTemporaryLab(LAB);
  const own = proposalsOf(await study(lab, 'good', { experiments: 10 }), 'good');
  const turns = own.map(({ proposal }) => Number(/turn (\d+)$/.exec(proposal.hypothesis)?.[1]));
  expect(turns.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
});

test('an agent that changes too much and states nothing is told so once, and mends it', async () => {
  using lab = createTemporaryLab(LAB);
  const [first] = proposalsOf(await study(lab, 'careless'), 'careless');
  expect(first).toMatchObject({ status: 'judged', verdict: { kind: 'keep' } });
  expect(first!.proposal.hypothesis).toBe('less by one, without notes');
});

test('what an agent changes outside `edit` is kept as evidence, never run, and invalid', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'outside');
  const [first] = proposalsOf(state, 'outside');
  expect(first).toMatchObject({
    status: 'judged',
    verdict: { kind: 'invalid', evidence: { paths: ['run.mjs'] } },
  });
  expect(state.trialsOf.has(first!.proposal.commit)).toBe(false);
});

test.each([
  ['crash', /it ended with exit code 3/],
  ['flood', /more than 64 MiB in one turn/],
  ['stream', /a message of more than 8 MiB/],
  ['idle', /it changed no file/],
])('an agent that fails by %s is told in the ledger, and search has its slot', async (mode, reason) => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, mode, { spare: createSearch() });
  expect(proposalsOf(state, mode)).toEqual([]);
  expect(state.judged).toBeGreaterThan(0);
  expect(state.failing.get(`agent:${commandOf(mode)}`)?.reason).toMatch(reason);
});

test('a turn that broke off costs what the agent told of it, and its question', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'costly', { spare: createSearch() });
  const spent = state.spending.get(`agent:${commandOf('costly')}`)!;
  expect(spent.dollars).toBe(2.5 * spent.calls);
  expect(spent.inputTokens).toBeGreaterThan(100 * spent.calls);
});

test('an agent that counts no tokens is charged with its question and what it said', async () => {
  using lab = createTemporaryLab(LAB);
  const spent = (await study(lab, 'uncounted')).spending.get(`agent:${commandOf('uncounted')}`)!;
  expect(spent.inputTokens).toBeGreaterThan(100 * spent.calls);
  expect(spent.outputTokens).toBeGreaterThan(0);
});

test('an agent that has no idea says so, which is no failure', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'empty', { spare: createSearch() });
  expect(proposalsOf(state, 'empty')).toEqual([]);
  expect(state.failing.size).toBe(0);
});

test('a study that stops does not wait for an agent that hangs', async () => {
  using lab = createTemporaryLab(LAB);
  const opened = await openLab({ named: lab.folder });
  await using _repository = opened.repository;
  await using agent = openAgent(
    commandOf('hang'),
    {},
    { opened, enforcement: enforcementHere(), patience: USUAL_PATIENCE },
  );
  const hung = () => processesWith(lab.folder).length > 0;
  const { ending } = await researchLab(lab, {
    researcher: agent,
    during: (session) => void until(hung).then(() => session.ask('stop-now')),
  });
  expect(ending).toMatchObject({ kind: 'asked' });
  expect(hung()).toBe(false);
});

test('an agent that falls silent is left after its time, with all that it started, and search has its slot', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'silent', {
    spare: createSearch(),
    patience: { ...USUAL_PATIENCE, idleSeconds: 1 },
  });
  expect(state.failing.get(`agent:${commandOf('silent')}`)?.reason).toBe('nothing was heard of it for 1 s');
  expect(processesWith('ratchet-orphan')).toEqual([]);
});

test('messages that make no sense are passed over, and no escape sequence comes through', async () => {
  using lab = createTemporaryLab(LAB);
  using printed = watchConsole();
  const [first] = proposalsOf(await study(lab, 'nonsense'), 'nonsense');
  expect(first).toMatchObject({ status: 'judged', verdict: { kind: 'keep' } });
  expect(lab.git('log', '-1', '--format=%s', first!.proposal.commit)).toBe('less by one');
  expect(printed.lines).toEqual([]);
});

test('an agent is allowed what stays in its folder, denied the rest, and the sandbox denies it too', async () => {
  using lab = createTemporaryLab(LAB);
  const [first] = proposalsOf(await study(lab, 'permission'), 'permission');
  expect(first!.proposal.hypothesis).toBe('answers: yes no no; EROFS');
});

test('nothing that an agent starts outlives it', async () => {
  using lab = createTemporaryLab(LAB);
  const [first] = proposalsOf(await study(lab, 'orphan'), 'orphan');
  expect(first).toMatchObject({ proposal: { hypothesis: 'less by one, and a process more' } });
  expect(processesWith('ratchet-orphan')).toEqual([]);
});

test('an agent reaches the places that are allowed to it and no other', async () => {
  await using allowed = await serve('hello');
  await using forbidden = await serve('never');
  using lab = createTemporaryLab({
    ...LAB,
    files: { ...LAB.files, 'places.txt': `${allowed.place}\n${forbidden.place}\n` },
  });
  const [first] = proposalsOf(
    await study(lab, 'network', { settings: { hosts: [allowed.place] } }),
    'network',
  );
  // By the same port, by another one, abroad, and by the proxy: 403 is the gate's own word.
  expect(first!.proposal.hypothesis).toBe('network: hello closed closed 403 403');
  expect(forbidden.calls).toBe(0);
});

test('an agent sees neither sealed data nor the evaluator, the ledger, the home folder or the engine; its own login it does', async () => {
  using _home = homeWith({ '.agent/login.json': '{"key":"key-0123456789abcdef"}', 'private.txt': 'private' });
  vi.stubEnv('SECRET_OF_ENGINE', 'secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  using lab = createTemporaryLab({
    program: [
      'evaluate: node evaluate.mjs',
      'artifacts: [out.txt]',
      'holdout: node evaluate.mjs',
      'sealed: [sealed]',
    ],
    files: {
      ...LAB.files,
      'run.mjs':
        "import { writeFileSync } from 'node:fs';\nimport { value } from './value.mjs';\nwriteFileSync('out.txt', String(value));\n",
      'evaluate.mjs':
        "import { readFileSync } from 'node:fs';\nconsole.log('score:', Number(readFileSync('out.txt', 'utf8')));\n",
      'sealed/secret.txt': 'sealed',
    },
  });
  const [first] = proposalsOf(
    await study(lab, 'spy', {
      settings: {
        files: ['~/.agent/login.json'],
        environment: { LAB_OUTSIDE: join(lab.folder, 'program.md') },
      },
    }),
    'spy',
  );
  expect(first!.proposal.hypothesis).toBe(
    'read: ENOENT ENOENT ENOENT ENOENT; home: .agent; login: there; undefined',
  );
});

test('an agent that gives up in the words of its login is told of without them', async () => {
  using _home = homeWith({ '.agent/login.json': '{"key":"key-0123456789abcdef"}' });
  using lab = createTemporaryLab(LAB);
  const settings = { files: ['~/.agent/login.json'] };
  const state = await study(lab, 'surrender', { settings, spare: createSearch() });
  expect(state.failing.get(`agent:${commandOf('surrender')}`)?.reason).toBe('it gave up (***)');
});

test('a login that an agent gives away is in no commit, no ledger and no log, and its copy is gone with it', async () => {
  const key = 'key-0123456789abcdef';
  using _home = homeWith({ '.agent/login.json': JSON.stringify({ key }) });
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'leak', { settings: { files: ['~/.agent/login.json'] } });
  expect(state.failing.get(`agent:${commandOf('leak')}`)?.reason).toContain('***');
  expect(readFileSync(studyFolder(lab.folder, state.study.study).ledger).includes(key)).toBe(false);
  expect(lab.git('log', '--all', '-p')).not.toContain(key);
  expect(readdirSync(join(lab.folder, '.ratchet', 'agents'))).toEqual([]);
});

test('a link that an agent leaves is not followed', async () => {
  using lab = createTemporaryLab(LAB);
  const [first] = proposalsOf(await study(lab, 'link'), 'link');
  expect(first).toMatchObject({
    status: 'judged',
    verdict: { kind: 'invalid', reason: /value\.mjs is no plain file/ },
  });
});

test('asked to do without a sandbox, an agent runs with a loud warning, may run no command, and ends with all that it started', async () => {
  vi.stubEnv('RATCHET_SANDBOX', 'none');
  onTestFinished(() => void vi.unstubAllEnvs());
  const printed: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const sandbox = { kind: 'none', reason: 'RATCHET_SANDBOX=none asks for it' } as const;
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'command', { enforcement: { ...enforcementHere(), sandbox } });
  spy.mockRestore();
  expect(proposalsOf(state, 'command')[0]!.proposal.hypothesis).toBe('command: no');
  expect(printed.join('')).toMatch(/^warning: NO SANDBOX: .* can read, change and send whatever you can/);
  expect(processesWith('ratchet-orphan')).toEqual([]);
});

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAgent } from '../../src/cli/agents.ts';
import { openLab } from '../../src/cli/open-lab.ts';
import type { AgentSettings } from '../../src/cli/user-settings.ts';
import { enforcementHere } from '../../src/process/enforcement.ts';
import { processTable } from '../../src/process/this-machine.ts';
import { USUAL_PATIENCE } from '../../src/propose/agent/patience.ts';
import type { HeldResearcher } from '../../src/propose/agent/researcher.ts';
import { createFallback } from '../../src/propose/fallback.ts';
import { createSearch } from '../../src/propose/search.ts';
import { homeWith, pathWith } from '../hostile/place.ts';
import type { ModelCall } from '../model-server/call.ts';
import type { Reply } from '../model-server/reply.ts';
import { type ModelServer, startModelServer } from '../model-server/server.ts';
import { researchLab } from '../session.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';
import { type InstalledAgents, installAgents } from './install.ts';

/** How each agent is told of the scripted server, and how it runs a command. */
const AGENTS = {
  opencode: {
    process: 'opencode',
    tool: 'bash',
    call: (command: string) => ({ command, description: 'make the change' }),
    home: ({ baseURL, key }: ModelServer) => ({
      '.config/opencode/opencode.json': JSON.stringify({
        model: 'stub/scripted',
        small_model: 'stub/scripted',
        provider: {
          stub: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL, apiKey: key },
            models: { scripted: { tool_call: true, limit: { context: 100_000, output: 4096 } } },
          },
        },
      }),
    }),
    settings: () => ({ files: ['~/.config/opencode/opencode.json'] }),
  },
  codex: {
    process: 'codex-acp',
    tool: 'exec_command',
    call: (command: string) => ({ cmd: command }),
    home: ({ baseURL }: ModelServer) => ({
      '.codex/config.toml': [
        'model = "scripted"',
        'model_provider = "stub"',
        '[model_providers.stub]',
        'name = "stub"',
        `base_url = "${baseURL}"`,
        'wire_api = "responses"',
        'env_key = "STUB_KEY"',
      ].join('\n'),
    }),
    settings: ({ key }: ModelServer) => ({ files: ['~/.codex/config.toml'], environment: { STUB_KEY: key } }),
  },
} as const;
type Name = keyof typeof AGENTS;

let installed: InstalledAgents;
beforeAll(() => {
  installed = installAgents();
});
afterAll(() => installed?.[Symbol.dispose]());

interface Scene extends AsyncDisposable {
  readonly lab: TemporaryLab;
  readonly agent: HeldResearcher;
}

/** A lab, and an agent of this machine that has nothing but the scripted server. */
async function sceneWith(name: Name, server: ModelServer): Promise<Scene> {
  const own = AGENTS[name];
  const scene = new AsyncDisposableStack();
  scene.use(homeWith(own.home(server)));
  scene.use(pathWith(installed.programs));
  const lab = scene.use(createTemporaryLab());
  const opened = await openLab({ named: lab.folder });
  scene.use(opened.repository);
  const settings: AgentSettings = { ...own.settings(server), hosts: [new URL(server.baseURL).host] };
  const place = { opened, enforcement: enforcementHere(), patience: USUAL_PATIENCE };
  const agent = scene.use(openAgent(name, { agents: { [name]: settings } }, place));
  return { lab, agent, [Symbol.asyncDispose]: () => scene.disposeAsync() };
}

/** The processes of this lab's agent. */
function processesOf({ folder }: TemporaryLab): number[] {
  return processTable()
    .pids()
    .filter((pid) => {
      const environment = textOf(pid, 'environ');
      return environment.includes('RATCHET_TRIAL=agent-') && environment.includes(folder);
    });
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** A call that has tools is the agent's own: without any it wants a title for the conversation. */
const isAboutWork = ({ tools }: ModelCall) => tools.length > 0;

describe.each(Object.keys(AGENTS) as Name[])('%s', (name) => {
  const { tool, call, process: program } = AGENTS[name];

  test('edits the champion, and its change is run and judged', async () => {
    let made = 0;
    const change = (asked: ModelCall): Reply => {
      if (!isAboutWork(asked)) return { kind: 'text', text: 'A title' };
      const last = asked.messages.at(-1)!;
      if (last.role !== 'tool') {
        made += 1;
        const command = `sed -i 's/value = .*;/value = ${10 - made};/' value.mjs`;
        return { kind: 'tool-calls', calls: [{ name: tool, arguments: call(command) }] };
      }
      return {
        kind: 'text',
        text: `Done.\n{"hypothesis": "less, by step ${made}", "category": "numeric", "expected_gain": 1}`,
      };
    };
    await using server = await startModelServer(change);
    await using scene = await sceneWith(name, server);
    const { state } = await researchLab(scene.lab, {
      researcher: scene.agent,
      limits: [{ kind: 'experiments', count: 2 }],
    });
    const [first] = state.experiments.values();
    expect(first).toMatchObject({
      status: 'judged',
      verdict: { kind: 'keep' },
      proposal: { hypothesis: 'less, by step 1', origin: { name: `agent:${name}` } },
    });
    expect(state.judged).toBe(2);
    expect(state.spending.get(`agent:${name}`)?.inputTokens).toBeGreaterThan(0);
    expect(server.calls.every(({ authorization }) => authorization === 'right')).toBe(true);
  });

  test('is cancelled in the middle of a turn, and leaves no process', async () => {
    await using server = await startModelServer(() => ({ kind: 'hang' }));
    await using scene = await sceneWith(name, server);
    const { ending } = await researchLab(scene.lab, {
      researcher: scene.agent,
      during: (session) => void server.received(1, 200_000).then(() => session.ask('stop-now')),
    });
    expect(ending.kind).toBe('asked');
    expect(processesOf(scene.lab)).toEqual([]);
  });

  test('that is killed in the middle of a turn is told in the ledger, leaves no process, and search has its slot', async () => {
    await using server = await startModelServer(() => ({ kind: 'hang' }));
    await using scene = await sceneWith(name, server);
    const { propose } = createFallback({
      main: scene.agent,
      spare: createSearch(),
      now: () => performance.now(),
    });
    const kill = async () => {
      await server.received(1, 200_000);
      for (const pid of processesOf(scene.lab))
        if (
          textOf(pid, 'cmdline')
            .split('\0')
            .some((word) => word.endsWith(`/${program}`))
        )
          process.kill(pid, 'SIGKILL');
      while (processesOf(scene.lab).length > 0) await sleep(20);
    };
    let killed: Promise<void> | undefined;
    const { state } = await researchLab(scene.lab, {
      // Nobody fills in meanwhile: the slot is given to search because the agent failed.
      researcher: { name: scene.agent.name, propose },
      limits: [{ kind: 'experiments', count: 1 }],
      during: () => {
        killed = kill();
      },
    });
    await killed;
    expect(state.failing.get(`agent:${name}`)?.reason).toMatch(/it ended|it was ended/);
    const [first] = state.experiments.values();
    expect(first).toMatchObject({ proposal: { origin: { name: 'search' } } });
  });
});

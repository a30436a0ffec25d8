import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Commit } from '../../model/identity.ts';
import { plainProgram } from '../../model/program-fixture.ts';
import type { Aside, Brief } from '../../model/researcher.ts';
import type { Agent } from './agent.ts';
import type { Conversation } from './conversation.ts';
import type { Meeting, Thought } from './turns.ts';
import { takeTurns } from './turns.ts';

const objective = { name: 'score', unit: '', direction: 'minimize', minimumEffect: 0 } as const;
const SECRET = 'key-0123456789abcdef';
const AGENT: Agent = {
  name: 'agent:test',
  program: ['test'],
  environment: {},
  home: {},
  endpoints: [],
  logins: [],
  mend: '',
  secrets: [SECRET],
};

/** One thought of an agent that leaves one file and says `text`; what it costs is told first. */
async function thoughtOf(text: string, { file = 'value.mjs', content = 'changed\n', stop = false } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'ratchet-turns-'));
  onTestFinished(() => rmSync(work, { recursive: true, force: true }));
  writeFileSync(join(work, file), content);
  const abort = new AbortController();
  const conversation: Conversation = {
    async prompt() {
      if (stop) abort.abort(new Error('stopped'));
      return { kind: 'said', text, inputTokens: 70, outputTokens: 7 };
    },
    brokenOff: () => ({ inputTokens: 0, outputTokens: 0 }),
  };
  const met = {
    process: { standStill: () => ({ holds: true, [Symbol.dispose]: () => undefined }) },
    conversation,
    proposals: 0,
    isOver: false,
  } as unknown as Meeting;
  const told: Aside[] = [];
  const thought: Thought = {
    agent: AGENT,
    scratch: {
      repository: {
        checkout: async () => undefined,
        async folderChanges({ signal }) {
          signal?.throwIfAborted();
          return [{ path: file, kind: 'written' }];
        },
        readFile: async () => undefined,
      },
      lab: '',
      hidden: [],
      place: { work, indexFile: join(work, 'index') },
    },
    brief: {
      program: { ...plainProgram({ objective }), edit: ['value.mjs'] },
      champion: 'champion' as Commit,
      state: { experiments: new Map() },
    } as unknown as Brief,
    writeBrief: () => 'the brief',
    signal: abort.signal,
    tell: (aside) => void told.push(aside),
  };
  return { drafts: await takeTurns(thought, met), told };
}

const stating = (hypothesis: string) => JSON.stringify({ hypothesis, category: 'numeric' });

test('a stop that comes as an agent has ended its turn throws nothing away of what was paid for', async () => {
  for (const text of [stating('less'), 'I have made a change.']) {
    const { drafts, told } = await thoughtOf(text, { stop: true });
    expect(drafts).toMatchObject([{ changes: [{ path: 'value.mjs' }] }]);
    expect(told).toMatchObject([{ kind: 'spent', bought: drafts, calls: 1, inputTokens: 70 }]);
  }
});

test('a secret is blotted out of a hypothesis however JSON spells it, and out of the paths that a flaw names', async () => {
  const escaped = stating(SECRET).replace('key', '\\u006bey');
  const [draft] = (await thoughtOf(escaped)).drafts;
  expect(draft?.hypothesis).toBe('***');
  const { told } = await thoughtOf('no statement', { file: SECRET });
  expect(told.at(-1)).toMatchObject({ kind: 'unusable', hypothesis: expect.stringContaining('***') });
  expect(JSON.stringify(told)).not.toContain(SECRET);
});

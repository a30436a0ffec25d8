import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Enforcement } from '../process/enforcement.ts';
import { USUAL_PATIENCE } from '../propose/agent/patience.ts';
import { openAgent } from './agents.ts';
import { openLab } from './open-lab.ts';
import type { UserSettings } from './user-settings.ts';

const HELD: Enforcement = {
  sandbox: { kind: 'bubblewrap', program: 'bwrap', closesUserNamespaces: true, devices: [] },
  groups: { kind: 'none', reason: 'a test' },
  countsProcesses: false,
  deathSignal: [],
};
const NOT_HELD: Enforcement = {
  ...HELD,
  sandbox: { kind: 'none', reason: 'bubblewrap (bwrap) is not installed' },
};
const LAB =
  '---\nobjective: score\nunit: points\ndirection: minimize\nedit: [a.mjs]\nrun: node a.mjs\nbudget: { trial: 1s, grace: 1s }\n---\n';

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-agents-home-')));
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', join(home, '.config'));
  const lab = join(home, 'lab');
  mkdirSync(lab);
  writeFileSync(join(lab, 'program.md'), LAB);
  writeFileSync(join(lab, 'a.mjs'), 'console.log("score: 1");\n');
  execFileSync('git', ['init', '-q'], { cwd: lab });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

function install(name: string): void {
  const folder = join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
}

async function open(text: string, settings: UserSettings = {}, enforcement = HELD): Promise<string> {
  const opened = await openLab({ named: join(home, 'lab') });
  await using _repository = opened.repository;
  await using agent = openAgent(text, settings, { opened, enforcement, patience: USUAL_PATIENCE });
  return agent.name;
}

test('an agent that is installed is opened, and does not start before its first thought', async () => {
  install('codex-acp');
  expect(await open('codex')).toBe('agent:codex');
});

test.each([
  ['claude', 'npm install --global @agentclientprotocol/claude-agent-acp'],
  ['codex', 'npm install --global @agentclientprotocol/codex-acp'],
  ['opencode', 'npm install --global opencode-ai'],
  ['gemini', 'npm install --global @google/gemini-cli'],
])('one that is missing says what installs it: %s', async (name, command) => {
  vi.stubEnv('PATH', '/usr/bin:/bin');
  await expect(open(name)).rejects.toThrow(`not on your PATH: \`${command}\` installs it`);
});

test('any other command is an agent, and is named where it is missing', async () => {
  install('my-agent');
  expect(await open('my-agent --acp')).toBe('agent:my-agent --acp');
  await expect(open('no-such-agent --acp')).rejects.toThrow(/needs the program no-such-agent/);
});

test('without a sandbox none is started, unless that is asked for', async () => {
  install('codex-acp');
  await expect(open('codex', {}, NOT_HELD)).rejects.toThrow(
    /bubblewrap \(bwrap\) is not installed.*RATCHET_SANDBOX=none/,
  );
});

test.each<[UserSettings['agents'] & object, RegExp]>([
  [{ codex: { hosts: ['http://example.org'] } }, /http:\/\/example\.org is no HOST or HOST:PORT/],
  [{ codex: { files: ['~/no/such/file'] } }, /~\/no\/such\/file.* is no file/],
  [{ codex: { command: 'other-codex acp' } }, /needs the program other-codex/],
])('settings that cannot be are told: %j', async (agents, message) => {
  install('codex-acp');
  await expect(open('codex', { agents })).rejects.toThrow(message);
});

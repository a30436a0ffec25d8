import process from 'node:process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { readLive } from '../src/engine/live.ts';
import { engineAtWork } from '../src/engine/lock.ts';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyState } from '../src/model/study.ts';
import { readLedger } from '../src/record/reader.ts';
import { COMMAND, isRunning } from './command.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** What no tool may ever tell: the validation data, the sealed data, and the score to its last digit. */
export const VALIDATION = 'validation 8.123456';
export const SEALED = 'sealed 5.654321';

/**
 * A lab whose evaluation adds validation data to what the run left, with sealed data beside it: all of it committed, so that a patch
 * might reach it. The built-in search finds nothing to move.
 */
export function createLabWithSecrets(): TemporaryLab {
  return createTemporaryLab({
    program: [
      'artifacts: [out.txt]',
      'evaluate: node evaluate.mjs',
      'validation: [answers.txt]',
      'holdout: node evaluate.mjs',
      'sealed: [secret]',
      'deterministic: true',
    ],
    files: {
      'value.mjs': 'export const value = 10; // ratchet: fixed\n',
      'run.mjs':
        "import { writeFileSync } from 'node:fs';\nimport { value } from './value.mjs';\nwriteFileSync('out.txt', String(value));\n",
      'evaluate.mjs':
        "import { readFileSync } from 'node:fs';\nconst [, more] = readFileSync('answers.txt', 'utf8').split(' ');\n" +
        "if (readFileSync('out.txt', 'utf8') === '666') throw new Error('seen: ' + more);\n" +
        "console.log('score:', Number(readFileSync('out.txt', 'utf8')) + Number(more));\n",
      'answers.txt': `${VALIDATION}\n`,
      'secret/holdout.txt': `${SEALED}\n`,
    },
  });
}

/** A diff of one line of a file of one line. */
export function patchOf(from: string, to: string, path = 'value.mjs'): string {
  return [`--- a/${path}`, `+++ b/${path}`, '@@ -1 +1 @@', `-${from}`, `+${to}`, ''].join('\n');
}

export const valueLine = (value: number | string) => `export const value = ${value}; // ratchet: fixed`;

export interface Told {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: {
    readonly state?: string;
    readonly experiment?: number;
    readonly ticket?: string;
    readonly verdict?: string;
  };
}

/** An agent's program, connected to `ratchet mcp` over standard input and output. */
export interface Agent extends AsyncDisposable {
  readonly client: Client;
  readonly heard: string[];
  readonly pid: number;
  tool(name: string, args?: Record<string, unknown>): Promise<Told>;
  close(): Promise<void>;
}

export async function connectAgent(
  lab: TemporaryLab,
  args: readonly string[] = [],
  {
    name = 'scripted agent',
    environment = {},
  }: { readonly name?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<Agent> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [COMMAND, 'mcp', lab.folder, '--slots', '1', ...args],
    env: { ...environment },
    stderr: 'ignore',
  });
  const client = new Client({ name, version: '1' });
  await client.connect(transport);
  const heard: string[] = [];
  return {
    client,
    heard,
    pid: transport.pid!,
    async tool(tool, given = {}) {
      const answer = await client.callTool({ name: tool, arguments: given });
      const text = (answer.content as { text: string }[]).map((part) => part.text).join('\n');
      heard.push(text);
      return { text, isError: answer.isError === true, structured: answer.structuredContent ?? {} };
    },
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Waits, call after call, as an agent does. */
export async function verdictOf(agent: Agent, id: number | string): Promise<Told> {
  for (;;) {
    const told = await agent.tool('wait', { id, seconds: 20 });
    if (told.structured.state !== 'running' && told.structured.state !== 'queued') return told;
  }
}

export function stateOf(lab: TemporaryLab): StudyState {
  const opening = readLedger(studyFolder(lab.folder, studiesOnDisk(lab.folder).at(-1)!).ledger);
  if (opening.kind !== 'open') throw new Error(opening.kind);
  using reader = opening.reader;
  return reader.state;
}

export function enginePid(lab: TemporaryLab): number | undefined {
  return engineAtWork(studyFolder(lab.folder, studiesOnDisk(lab.folder).at(-1)!))?.pid;
}

/** Ends every engine on the lab's studies, by its id. */
export async function endEngines(lab: TemporaryLab): Promise<void> {
  for (const study of studiesOnDisk(lab.folder)) {
    const folder = studyFolder(lab.folder, study);
    const pid = readLive(folder)?.pid;
    if (engineAtWork(folder) === undefined || pid === undefined) continue;
    process.kill(pid, 'SIGTERM');
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

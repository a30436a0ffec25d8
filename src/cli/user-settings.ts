import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as z from 'zod';
import { notifySchema } from './notify/settings.ts';
import { Problem } from './problem.ts';

const endpoint = z.strictObject({
  baseURL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:8000/v1' })
    .exactOptional(),
  apiKey: z.string().trim().min(1).exactOptional(),
});

/** Dollars for a million tokens. */
const price = z.strictObject({ input: z.number().min(0), output: z.number().min(0) });

const isBelowHome = (path: string) => /^~\/./.test(path) && !path.split('/').includes('..');

/** What a coding agent is given beside what every one of its kind is. */
const agent = z.strictObject({
  /** Its command line, where it is another one than usual. */
  command: z.string().trim().min(1).exactOptional(),
  /** Where it may connect to, instead of its maker's servers: `HOST` or `HOST:PORT`. */
  hosts: z.array(z.string()).exactOptional(),
  environment: z.record(z.string(), z.string()).exactOptional(),
  /** Files below the home folder that it finds a copy of in its own: its settings. */
  files: z.array(z.string().refine(isBelowHome, 'must be a file below ~/')).exactOptional(),
});
export type AgentSettings = z.infer<typeof agent>;

const settings = z.strictObject({
  /** Who thinks beside `search` where a run names nobody: `model:ollama/qwen3`, `agent:codex`. */
  researcher: z.string().exactOptional(),
  models: z
    .strictObject({
      'openai-compatible': endpoint.exactOptional(),
      ollama: endpoint.exactOptional(),
      anthropic: endpoint.exactOptional(),
      google: endpoint.exactOptional(),
    })
    .exactOptional(),
  /** By what follows `agent:`. */
  agents: z.record(z.string(), agent).exactOptional(),
  /** By `PROVIDER/NAME`, or `agent:NAME`. */
  prices: z.record(z.string(), price).exactOptional(),
  /** Who is told what happens while nobody watches. */
  notify: notifySchema.exactOptional(),
});
export type UserSettings = z.infer<typeof settings>;

/** The user's own file, for all labs: where models are found and what they cost. Keys belong here or into the environment. */
export function userSettingsFile(): string {
  const folder = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(folder, 'ratchet', 'ratchet.json');
}

/** What the file says; nothing where there is none. */
export function readUserSettings(file: string = userSettingsFile()): UserSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new Problem(`${file} cannot be read: ${(cause as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser's own words quote the text, and with it maybe a key.
    throw new Problem(
      `${file} is no JSON: ${(cause as Error).message.replace(/^.*?(?=at position|at line|$)/s, 'a mistake ')}`,
    );
  }
  const parsed = settings.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

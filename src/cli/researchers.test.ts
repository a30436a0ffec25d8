import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Researcher } from '../model/researcher.ts';
import { openResearcher, parseResearcher, type ResearcherChoice } from './researchers.ts';
import { readUserSettings } from './user-settings.ts';

const openAgent = (): never => {
  throw new Error('no agent was asked for');
};
const FREE = { needsPrice: false, openAgent };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet settings-'));
  mkdirSync(join(folder, 'ratchet'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  for (const name of [
    'OPENAI_BASE_URL',
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'GEMINI_API_KEY',
    'GOOGLE_GENERATIVE_AI_API_KEY',
  ])
    vi.stubEnv(name, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const settings = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  writeFileSync(join(folder, 'ratchet', 'ratchet.json'), text);
};
const model = (text: string) => parseResearcher(text) as ResearcherChoice & { kind: 'model' };

describe('the name of a researcher', () => {
  test('is search, auto, or a model by its provider, whose own name may hold slashes and colons', () => {
    expect(parseResearcher('search')).toEqual({ kind: 'search' });
    expect(parseResearcher('auto')).toEqual({ kind: 'auto' });
    expect(model('model:ollama/qwen3:8b')).toEqual({ kind: 'model', provider: 'ollama', name: 'qwen3:8b' });
    expect(model('model:openai-compatible/org/model').name).toBe('org/model');
  });

  test('is a coding agent by its name, or by the command line of any other', () => {
    expect(parseResearcher('agent:codex')).toEqual({ kind: 'agent', agent: 'codex' });
    expect(parseResearcher('agent:my-agent --acp')).toEqual({ kind: 'agent', agent: 'my-agent --acp' });
  });

  test.each([
    '',
    'agent:',
    'agent: ',
    'agent:a\u001b[2J',
    'model',
    'model:ollama',
    'model:ollama/',
    'model:nobody/x',
    'gpt-5',
  ])('is refused with what it may be: %j', (text) => {
    expect(() => parseResearcher(text)).toThrow(/ollama, openai-compatible, anthropic, google/);
  });
});

describe('a model', () => {
  test.each([
    [
      'model:openai-compatible/x',
      /OPENAI_BASE_URL, or models\.openai-compatible\.baseURL in .*ratchet\.json/,
    ],
    ['model:anthropic/x', /ANTHROPIC_API_KEY, or models\.anthropic\.apiKey/],
    ['model:google/x', /GEMINI_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY, or models\.google\.apiKey/],
  ])('without what it needs says where that belongs: %s', (text, message) => {
    expect(() => openResearcher(model(text), FREE)).toThrow(message);
  });

  test('takes its endpoint from the environment, or from the settings', () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'key');
    expect(openResearcher(model('model:anthropic/x'), FREE).name).toBe('model:anthropic/x');
    settings({ models: { google: { apiKey: 'key' } } });
    expect(openResearcher(model('model:google/x'), FREE).name).toBe('model:google/x');
  });

  test('takes a key without the line feed of the file that it came from, and none with white space inside', () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'key\n');
    expect(openResearcher(model('model:anthropic/x'), FREE).name).toBe('model:anthropic/x');
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk secret');
    expect(() => openResearcher(model('model:anthropic/x'), FREE)).toThrow(/white space/);
    expect(() => openResearcher(model('model:anthropic/x'), FREE)).not.toThrow(/secret/);
  });

  test.each([
    'http://me:secret@host/v1',
    'http://host/v1?key=secret',
    'secret',
  ])('is not asked at an address that holds a secret, or is none, and that is not repeated: %s', (baseURL) => {
    vi.stubEnv('OPENAI_BASE_URL', baseURL);
    const open = () => openResearcher(model('model:openai-compatible/x'), FREE);
    expect(open).toThrow(/the address of model:openai-compatible/);
    expect(open).not.toThrow(/secret/);
  });

  test('of Ollama on another machine may cost something', () => {
    vi.stubEnv('OLLAMA_BASE_URL', 'http://gpu.example.org:11434/v1');
    expect(() => openResearcher(model('model:ollama/x'), { needsPrice: true, openAgent })).toThrow(
      /needs the price/,
    );
  });

  test('on this machine needs neither, and costs nothing', () => {
    expect(openResearcher(model('model:ollama/x'), { needsPrice: true, openAgent }).name).toBe(
      'model:ollama/x',
    );
  });

  test('whose price is not known cannot be held to a limit in dollars', () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'key');
    const open = () => openResearcher(model('model:anthropic/x'), { needsPrice: true, openAgent });
    expect(open).toThrow(/needs the price of anthropic\/x: add "prices"/);
    settings({ prices: { 'anthropic/x': { input: 3, output: 15 } } });
    expect(open().name).toBe('model:anthropic/x');
  });
});

describe('auto', () => {
  test('is search where no model is configured', () => {
    expect(openResearcher({ kind: 'auto' }, FREE).name).toBe('search');
  });

  test('is a portfolio with the model that the settings name', () => {
    settings({ researcher: 'model:ollama/qwen3' });
    expect(openResearcher({ kind: 'auto' }, FREE).name).toBe('auto');
  });

  test.each([
    'auto',
    'gpt',
    'model:nobody/x',
  ])('says which file is wrong where they name none: %j', (text) => {
    settings({ researcher: text });
    expect(() => openResearcher({ kind: 'auto' }, FREE)).toThrow(/researcher in .*ratchet\.json/);
  });
});

describe('the settings of the user', () => {
  test('are empty where there is no file', () => {
    expect(readUserSettings()).toEqual({});
  });

  test.each([
    ['{"models": {"anthropic": {"apiKey": "sk-secret', /is no JSON/],
    [{ modells: {} }, /modells/],
    [{ models: { anthropic: { apiKey: '' } } }, /models\.anthropic\.apiKey/],
    [{ models: { ollama: { baseURL: 'localhost' } } }, /models\.ollama\.baseURL: must be an address/],
    [{ prices: { 'a/b': { input: -1, output: 0 } } }, /prices\.a\/b\.input/],
  ])('name the file and the place of a mistake, and no key: %j', (value, message) => {
    settings(value);
    expect(() => readUserSettings()).toThrow(message);
    expect(() => readUserSettings()).toThrow(/ratchet\.json/);
    expect(() => readUserSettings()).not.toThrow(/secret/);
  });
});

describe('an agent', () => {
  const opened = (agent: string): Researcher => ({ name: `agent:${agent}`, propose: async () => [] });

  test('has search beside it, and may be what the settings name', () => {
    const wish = { needsPrice: false, openAgent: opened };
    expect(openResearcher({ kind: 'agent', agent: 'codex' }, wish)).toMatchObject({
      name: 'agent:codex',
      meanwhile: { name: 'search' },
    });
    settings({ researcher: 'agent:codex' });
    expect(openResearcher({ kind: 'auto' }, wish).name).toBe('auto');
  });

  test('needs a price where a limit in dollars is to hold', () => {
    const wish = { needsPrice: true, openAgent: opened };
    const open = () => openResearcher({ kind: 'agent', agent: 'codex' }, wish);
    expect(open).toThrow(/needs the price of agent:codex/);
    settings({ prices: { 'agent:codex': { input: 1, output: 4 } } });
    expect(open().name).toBe('agent:codex');
  });

  test.each([
    [{ agents: { codex: { files: ['/etc/passwd'] } } }, /must be a file below ~\//],
    [{ agents: { codex: { files: ['~/../other'] } } }, /must be a file below ~\//],
    [{ agents: { codex: { host: 'x' } } }, /agents\.codex/],
  ])('is refused settings that say what they cannot: %j', (value, message) => {
    settings(value);
    expect(() => readUserSettings()).toThrow(message);
  });
});

import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import type { Aside, Researcher } from '../model/researcher.ts';
import { AGENT_NAMES } from '../propose/agent/definitions.ts';
import { writeBrief } from '../propose/brief.ts';
import { createFallback } from '../propose/fallback.ts';
import { createAskModel } from '../propose/language-model/ask.ts';
import {
  type Endpoint,
  missingIn,
  modelAt,
  PROVIDERS,
  type ProviderName,
} from '../propose/language-model/provider.ts';
import { createModelResearcher } from '../propose/language-model/researcher.ts';
import { createPortfolio } from '../propose/portfolio.ts';
import { createSearch } from '../propose/search.ts';
import { Problem } from './problem.ts';
import { readUserSettings, type UserSettings, userSettingsFile } from './user-settings.ts';

/** Who proposes, as `--researcher` names it. */
export type ResearcherChoice =
  | { readonly kind: 'search' }
  /** The model that the user's settings name, if they do, and search: each as often as it pays. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'model'; readonly provider: ProviderName; readonly name: string }
  /** A coding agent: one that is known by its name, or the command line of any other. */
  | { readonly kind: 'agent'; readonly agent: string };

/** Tokens of one answer, and seconds until it must be there: a model on a laptop takes its time. */
const OUTPUT_TOKENS = 8_000;
const DEADLINE_SECONDS = 600;
const MILLION = 1e6;
/** Of a model's name, in characters: the ledger holds it with its provider's. */
const LONGEST_NAME = 150;

export function parseResearcher(text: string): ResearcherChoice {
  if (text === 'search' || text === 'auto') return { kind: text };
  const [, agent] = /^agent:([\x21-\x7e][\x20-\x7e]*)$/.exec(text) ?? [];
  if (agent !== undefined && agent.length <= LONGEST_NAME) return { kind: 'agent', agent: agent.trim() };
  const [, provider, name] = /^model:([^/]+)\/(.+)$/s.exec(text) ?? [];
  const known = PROVIDERS.find((one) => one === provider);
  const isName = name !== undefined && name.length <= LONGEST_NAME && /^[\x21-\x7e]+$/.test(name);
  if (known !== undefined && isName) return { kind: 'model', provider: known, name };
  throw new InvalidArgumentError(
    `It is "auto", "search", "model:PROVIDER/NAME" with ${PROVIDERS.join(', ')} as provider, such as model:ollama/qwen3, or "agent:NAME" with ${AGENT_NAMES.join(', ')} or the command line of another agent.`,
  );
}

/** What an opened researcher must do, and who opens it where it holds processes. */
export interface ResearcherWish {
  /** Whether a limit in dollars is to hold. */
  readonly needsPrice: boolean;
  readonly openAgent: (agent: string, settings: UserSettings) => Researcher;
}

/**
 * Opens what was chosen. A model or an agent has `search` beside it: no slot waits for one that cannot be reached.
 *
 * @throws a Problem where its endpoint, its key or its program is missing, or a price that is needed
 */
export function openResearcher(choice: ResearcherChoice, wish: ResearcherWish): Researcher {
  switch (choice.kind) {
    case 'search':
      return createSearch();
    case 'auto': {
      const { researcher } = readUserSettings();
      if (researcher === undefined) return createSearch();
      return createPortfolio([createSearch(), openResearcher(chosenInSettings(researcher), wish)]);
    }
    case 'model':
      return besideSearch(openModel(choice, wish));
    case 'agent':
      return besideSearch(openPricedAgent(choice.agent, wish));
    default:
      return choice satisfies never;
  }
}

function besideSearch(main: Researcher): Researcher {
  return createFallback({ main, spare: createSearch(), now: () => performance.now() });
}

function openPricedAgent(agent: string, { needsPrice, openAgent }: ResearcherWish): Researcher {
  const settings = readUserSettings();
  const name = `agent:${agent}`;
  const price = priceOf(name, settings, needsPrice);
  const researcher = openAgent(agent, settings);
  return price === undefined ? researcher : withPrice(researcher, price);
}

/** @throws a Problem where nobody has named it and it is needed */
function priceOf(name: string, { prices }: UserSettings, isNeeded: boolean): TokenPrice | undefined {
  const price = prices?.[name];
  if (price === undefined && isNeeded)
    throw new Problem(
      `a limit in dollars needs the price of ${name}: add "prices": { "${name}": { "input": 1, "output": 4 } }, in dollars for a million tokens, to ${userSettingsFile()}`,
    );
  return price;
}

function chosenInSettings(text: string): ResearcherChoice {
  try {
    const choice = parseResearcher(text);
    if (choice.kind !== 'auto') return choice;
  } catch (cause) {
    throw new Problem(`researcher in ${userSettingsFile()}: ${(cause as Error).message}`);
  }
  throw new Problem(
    `researcher in ${userSettingsFile()} names a model or an agent, such as model:ollama/qwen3`,
  );
}

function openModel(
  { provider, name }: ResearcherChoice & { readonly kind: 'model' },
  { needsPrice }: Pick<ResearcherWish, 'needsPrice'>,
): Researcher {
  const settings = readUserSettings();
  const endpoint = endpointOf(provider, settings);
  const missing = missingIn(provider, endpoint);
  if (missing !== undefined) throw new Problem(missingText(provider, missing));
  const researcher = createModelResearcher({
    name: `model:${provider}/${name}`,
    ask: createAskModel({
      ...modelAt(provider, name, endpoint),
      outputTokens: OUTPUT_TOKENS,
      deadlineSeconds: DEADLINE_SECONDS,
      secrets: endpoint.apiKey === undefined ? [] : formsOf(endpoint.apiKey),
    }),
    writeBrief,
  });
  const isFree = isOwn(provider, endpoint);
  const price =
    priceOf(`${provider}/${name}`, settings, needsPrice && !isFree) ?? (isFree ? FREE : undefined);
  return price === undefined ? researcher : withPrice(researcher, price);
}

/** A model on one's own machine. */
const FREE: TokenPrice = { input: 0, output: 0 };

/** Dollars for a million tokens. */
interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** As a provider may repeat it. */
function formsOf(key: string): string[] {
  return [...new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)])];
}

/** Whether a model runs on this machine, where nobody is paid. */
function isOwn(provider: ProviderName, { baseURL }: Endpoint): boolean {
  if (baseURL === undefined) return provider === 'ollama';
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseURL).hostname);
}

function withPrice(researcher: Researcher, price: TokenPrice): Researcher {
  const priced = (aside: Aside): Aside =>
    aside.kind === 'spent' && aside.dollars === undefined
      ? {
          ...aside,
          dollars: (aside.inputTokens * price.input + aside.outputTokens * price.output) / MILLION,
        }
      : aside;
  return {
    name: researcher.name,
    propose: (brief, count, signal, tell) =>
      researcher.propose(brief, count, signal, (aside) => tell(priced(aside))),
  };
}

/** Which variables of the environment hold an endpoint: those that the providers' own programs read. */
const VARIABLES: Readonly<
  Record<ProviderName, Readonly<Partial<Record<keyof Endpoint, readonly string[]>>>>
> = {
  ollama: { baseURL: ['OLLAMA_BASE_URL'] },
  'openai-compatible': { baseURL: ['OPENAI_BASE_URL'], apiKey: ['OPENAI_API_KEY'] },
  anthropic: { baseURL: ['ANTHROPIC_BASE_URL'], apiKey: ['ANTHROPIC_API_KEY'] },
  google: { apiKey: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'] },
};

/** The user's file says more than the environment. */
function endpointOf(provider: ProviderName, { models }: UserSettings): Endpoint {
  const fromEnvironment = Object.entries(VARIABLES[provider]).flatMap(([key, names]) => {
    const value = names.map((name) => process.env[name]).find((one) => one !== undefined && one !== '');
    // A file that a key was read from ends with a line feed more often than not.
    return value === undefined ? [] : [[key, value.trim()] as const];
  });
  const named: Endpoint = { ...Object.fromEntries(fromEnvironment), ...models?.[provider] };
  requireUsable(provider, named);
  return named;
}

/** None of it is repeated: it may hold what nobody else should read. */
function requireUsable(provider: ProviderName, { baseURL, apiKey }: Endpoint): void {
  const where = `of model:${provider}, from the environment or ${userSettingsFile()},`;
  if (apiKey !== undefined && /\s/.test(apiKey)) throw new Problem(`the key ${where} has white space in it`);
  if (baseURL === undefined) return;
  const url = URL.parse(baseURL);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Problem(`the address ${where} is none such as http://127.0.0.1:8000/v1`);
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new Problem(`the address ${where} holds a name, a password or a query: give the key as a key`);
}

function missingText(provider: ProviderName, missing: keyof Endpoint): string {
  const names = VARIABLES[provider][missing] ?? [];
  const what = missing === 'apiKey' ? 'a key' : 'the address of its server';
  return `model:${provider} needs ${what}: set ${names.join(' or ')}, or models.${provider}.${missing} in ${userSettingsFile()}`;
}

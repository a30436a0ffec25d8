import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { boundedFetch } from './bounded-fetch.ts';

export const PROVIDERS = ['ollama', 'openai-compatible', 'anthropic', 'google'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Where a provider is found, and by which key: from the environment or the user's settings, never from a lab. */
export interface Endpoint {
  readonly baseURL?: string;
  readonly apiKey?: string;
}

/** A model that can be asked. */
export interface Provided {
  readonly model: LanguageModel;
  /** Whether the provider can be held to the shape of an answer. */
  readonly shape: 'held' | 'asked';
}

/** Ollama's own place, on this machine. */
const OLLAMA = 'http://127.0.0.1:11434/v1';

/** What an endpoint needs before it can be asked; undefined where nothing is missing. */
export function missingIn(provider: ProviderName, { baseURL, apiKey }: Endpoint): keyof Endpoint | undefined {
  switch (provider) {
    case 'ollama':
      return undefined;
    case 'openai-compatible':
      return baseURL === undefined ? 'baseURL' : undefined;
    case 'anthropic':
    case 'google':
      return apiKey === undefined ? 'apiKey' : undefined;
    default:
      return provider satisfies never;
  }
}

/** @param endpoint lacks nothing: see `missingIn` */
export function modelAt(provider: ProviderName, name: string, endpoint: Endpoint): Provided {
  const settings = { ...endpoint, fetch: boundedFetch };
  switch (provider) {
    case 'ollama':
    case 'openai-compatible': {
      const baseURL = endpoint.baseURL ?? OLLAMA;
      const chosen = createOpenAICompatible({
        ...settings,
        name: provider,
        baseURL,
        supportsStructuredOutputs: true,
      });
      return { model: chosen(name), shape: 'held' };
    }
    case 'anthropic':
      return { model: createAnthropic(settings)(name), shape: 'held' };
    case 'google':
      return { model: createGoogleGenerativeAI(settings)(name), shape: 'held' };
    default:
      return provider satisfies never;
  }
}

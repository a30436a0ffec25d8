import { describe, expect, test } from 'vitest';
import type { Aside, Brief } from '../src/model/researcher.ts';
import { createStudy } from '../src/propose/fixtures/play.ts';
import { createAskModel } from '../src/propose/language-model/ask.ts';
import { modelAt } from '../src/propose/language-model/provider.ts';
import { createModelResearcher } from '../src/propose/language-model/researcher.ts';
import type { Reply } from './model-server/reply.ts';
import { type Script, startModelServer } from './model-server/server.ts';

const SOURCES = { 'train.ts': 'const rate = 1;\nconst width = 8;\n' };
const BRIEF_TEXT = 'THE BRIEF with ```train.ts``` in it';

const proposal = (edits: unknown, hypothesis = 'raise the rate') => ({
  hypothesis,
  category: 'optimiser',
  expected_gain: null,
  edits,
});
const answer = (...proposals: unknown[]): Reply => ({ kind: 'json', value: { proposals } });
const RAISE = [{ path: 'train.ts', search: 'rate = 1', replace: 'rate = 2' }];
const WIDEN = [{ path: 'train.ts', search: 'width = 8', replace: 'width = 16' }];
const MISSING = [{ path: 'train.ts', search: 'depth = 8', replace: 'depth = 9' }];

/** Asks a researcher whose model follows a script, and gives what it proposed, what it told, and what the server was sent. */
async function propose(
  script: Script,
  {
    count = 1,
    deadlineSeconds = 30,
    signal = new AbortController().signal,
    brief = createStudy(SOURCES).brief(),
    asides = [],
  }: {
    count?: number;
    deadlineSeconds?: number;
    signal?: AbortSignal;
    brief?: Brief;
    /** Where what it tells is kept, also where it rejects. */
    asides?: Aside[];
  } = {},
) {
  await using server = await startModelServer(script);
  const endpoint = { baseURL: server.baseURL, apiKey: server.key };
  const researcher = createModelResearcher({
    name: 'model:test',
    ask: createAskModel({
      ...modelAt('openai-compatible', 'scripted', endpoint),
      outputTokens: 1000,
      deadlineSeconds,
      secrets: [server.key],
    }),
    writeBrief: () => BRIEF_TEXT,
  });
  const drafts = await researcher.propose(brief, count, signal, (aside) => asides.push(aside));
  return { drafts, told: asides, calls: server.calls, key: server.key };
}

const told = (asides: readonly Aside[], kind: Aside['kind']) => asides.filter((aside) => aside.kind === kind);

describe('a model is asked with the brief', () => {
  test('and its answer becomes a draft, with what it was paid told', async () => {
    const {
      drafts,
      told: asides,
      calls,
    } = await propose([
      { kind: 'json', value: { proposals: [proposal(RAISE)] }, usage: { input: 900, output: 80 } },
    ]);
    expect(drafts).toMatchObject([
      {
        hypothesis: 'raise the rate',
        category: 'optimiser',
        changes: [{ kind: 'write', path: 'train.ts', content: 'const rate = 2;\nconst width = 8;\n' }],
      },
    ]);
    expect(asides).toEqual([
      {
        kind: 'spent',
        researcher: 'model:test',
        bought: drafts,
        calls: 1,
        inputTokens: 900,
        outputTokens: 80,
      },
    ]);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.text).toContain(BRIEF_TEXT);
    expect(calls[0]!.format).toMatchObject({ kind: 'json-schema', strict: true });
  });

  test('for several proposals at once, and more than were asked for are dropped', async () => {
    const { drafts } = await propose(
      [answer(proposal(RAISE), proposal(WIDEN), proposal([...RAISE, ...WIDEN]))],
      {
        count: 2,
      },
    );
    expect(drafts.map(({ changes }) => changes.length)).toEqual([1, 1]);
    expect(new Set(drafts.map(({ edit }) => edit)).size).toBe(2);
  });

  test('and its key is in no message', async () => {
    const { calls, key } = await propose([answer(proposal(RAISE))]);
    expect(calls[0]!.authorization).toBe('right');
    expect(JSON.stringify(calls[0]!.body)).not.toContain(key);
  });

  test('and where it does not count its tokens they are estimated', async () => {
    const { told: asides } = await propose([
      { kind: 'json', value: { proposals: [proposal(RAISE)] }, usage: 'absent' },
    ]);
    expect(asides).toMatchObject([{ kind: 'spent', calls: 1 }]);
    const [spent] = asides as (Aside & { kind: 'spent' })[];
    expect(spent!.inputTokens).toBeGreaterThan(100);
    expect(spent!.outputTokens).toBeGreaterThan(10);
  });

  test('without a schema where its server knows none', async () => {
    const { drafts, calls } = await propose((call) =>
      call.format.kind === 'json-schema'
        ? { kind: 'error', status: 400, message: 'response_format is not supported' }
        : answer(proposal(RAISE)),
    );
    expect(drafts).toHaveLength(1);
    expect(calls.map(({ format }) => format.kind)).toEqual(['json-schema', 'text']);
  });
});

describe('an answer that cannot be used', () => {
  test.each<[string, Reply, RegExp]>([
    ['prose', { kind: 'prose' }, /no JSON object/],
    ['a megabyte of text', { kind: 'huge' }, /characters/],
    ['edits that do not apply', answer(proposal(MISSING)), /no line of it reads "depth = 8"/],
    [
      'an edit of a file that is not there',
      answer(proposal([{ path: 'evaluate.ts', search: 'x', replace: 'y' }])),
      /no such file/,
    ],
  ])('is sent back once with the reason: %s', async (_, flawed, reason) => {
    const { drafts, told: asides, calls } = await propose([flawed, answer(proposal(RAISE))]);
    expect(drafts).toHaveLength(1);
    expect(calls).toHaveLength(2);
    expect(calls[1]!.messages.at(-1)!.text).toMatch(reason);
    expect(told(asides, 'unusable')).toEqual([]);
    expect(told(asides, 'spent')).toHaveLength(2);
    expect(calls[1]!.text.length).toBeLessThan(100_000);
  });

  test('is one that would write over a file that it was not shown', async () => {
    const brief = {
      ...createStudy(SOURCES).brief(),
      unshown: new Map([['train.bin.ts', { kind: 'large', bytes: 2 ** 20 } as const]]),
    };
    const overwriting = proposal([{ path: 'train.bin.ts', search: '', replace: 'short' }]);
    const { drafts, calls } = await propose([answer(overwriting), answer(proposal(RAISE))], { brief });
    expect(calls[1]!.messages.at(-1)!.text).toContain('not shown (1 MiB), so it cannot be changed');
    expect(drafts).toHaveLength(1);
  });

  test('is told as unusable after that, with its hypothesis and the reason', async () => {
    const {
      drafts,
      told: asides,
      calls,
    } = await propose([answer(proposal(MISSING)), answer(proposal(MISSING, 'deepen it'))]);
    expect(drafts).toEqual([]);
    expect(calls).toHaveLength(2);
    expect(told(asides, 'unusable')).toEqual([
      {
        kind: 'unusable',
        researcher: 'model:test',
        hypothesis: 'deepen it',
        category: 'optimiser',
        reason: expect.stringContaining('depth = 8'),
      },
    ]);
  });

  test('takes nothing from the good proposals beside it', async () => {
    const { drafts, told: asides } = await propose(
      [answer(proposal(RAISE), proposal(MISSING)), { kind: 'prose' }],
      {
        count: 2,
      },
    );
    expect(drafts).toHaveLength(1);
    expect(told(asides, 'unusable')).toHaveLength(1);
  });

  test('is one that repeats an experiment, and the model is told which', async () => {
    const study = createStudy(SOURCES);
    const first = await propose([answer(proposal(RAISE))], { brief: study.brief() });
    study.add(first.drafts[0]!);
    const again = await propose([answer(proposal(RAISE)), answer(proposal(WIDEN))], { brief: study.brief() });
    expect(again.calls[1]!.messages.at(-1)!.text).toMatch(/what experiment 1 tried/);
    expect(again.drafts).toHaveLength(1);
  });
});

describe('what is paid for is made the most of', () => {
  test('as many good proposals as were asked for need no repair of the others', async () => {
    const { drafts, calls } = await propose([answer(proposal(RAISE), proposal(MISSING))]);
    expect(drafts).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  test('a stop during the repair leaves what the first round brought', async () => {
    const abort = new AbortController();
    const { drafts } = await propose(
      ({ number }) => {
        if (number === 1) return answer(proposal(RAISE), proposal(MISSING));
        abort.abort(new Error('asked to stop'));
        return { kind: 'hang' };
      },
      { count: 2, signal: abort.signal },
    );
    expect(drafts).toHaveLength(1);
  });

  test('the same edit twice is one proposal, also where it comes back with the repair', async () => {
    const { drafts } = await propose(
      [answer(proposal(RAISE), proposal(RAISE), proposal(MISSING)), answer(proposal(RAISE), proposal(WIDEN))],
      { count: 3 },
    );
    expect(drafts).toHaveLength(2);
  });

  test('a model that has no idea is not asked again, and no experiment comes of it', async () => {
    const { drafts, told: asides, calls } = await propose([answer()]);
    expect(drafts).toEqual([]);
    expect(calls).toHaveLength(1);
    expect(told(asides, 'unusable')).toEqual([]);
  });

  test.each([
    100.5,
    -1,
    1e300,
    Number.NaN,
  ])('a provider that counts %d tokens is not believed', async (input) => {
    const { told: asides } = await propose([
      { kind: 'json', value: { proposals: [proposal(RAISE)] }, usage: { input, output: 1 } },
    ]);
    const [spent] = told(asides, 'spent') as (Aside & { kind: 'spent' })[];
    expect(Number.isSafeInteger(spent!.inputTokens)).toBe(true);
    expect(spent!.inputTokens).toBeGreaterThan(0);
  });

  test('a call that was given up is counted, since it may be charged', async () => {
    const { told: asides } = await propose([{ kind: 'hang' }], { deadlineSeconds: 0.2 });
    expect(told(asides, 'spent')).toMatchObject([{ calls: 1, outputTokens: 0 }]);
  });

  test('a call that the end of the engine cuts short is counted too', async () => {
    const abort = new AbortController();
    const asides: Aside[] = [];
    const asked = propose(
      () => {
        abort.abort(new Error('asked to stop'));
        return { kind: 'hang' };
      },
      { signal: abort.signal, asides },
    );
    await expect(asked).rejects.toThrow('asked to stop');
    expect(asides).toMatchObject([{ kind: 'spent', calls: 1, outputTokens: 0, bought: [] }]);
  });

  test('what a call used that failed and was repeated is counted with the one that answered', async () => {
    const fault = { kind: 'error', status: 500, retryAfter: 0, usage: { input: 700, output: 300 } } as const;
    const good = {
      ...(answer(proposal(RAISE)) as Reply & { kind: 'json' }),
      usage: { input: 70, output: 30 },
    };
    const { told: asides } = await propose([fault, fault, good]);
    expect(asides).toMatchObject([{ kind: 'spent', calls: 3, inputTokens: 1470, outputTokens: 630 }]);
  });

  test('what a call used that failed for good is counted as well', async () => {
    const usage = { input: 700, output: 300 };
    const { told: asides, calls } = await propose(() => ({
      kind: 'error',
      status: 500,
      retryAfter: 0,
      usage,
    }));
    expect(calls).toHaveLength(3);
    expect(told(asides, 'spent')).toMatchObject([{ calls: 3, inputTokens: 2100, outputTokens: 900 }]);
    expect(told(asides, 'failed')).toHaveLength(1);
  });

  test.each(['start', 'middle'] as const)('an answer that broke off at its %s may be charged', async (at) => {
    const good = {
      ...(answer(proposal(RAISE)) as Reply & { kind: 'json' }),
      usage: { input: 70, output: 30 },
    };
    const { told: asides, calls } = await propose([{ kind: 'cut', at }, good]);
    const [spent] = told(asides, 'spent') as (Aside & { kind: 'spent' })[];
    expect(spent!.calls).toBe(calls.length);
    expect(spent!.inputTokens).toBeGreaterThan(70);
  });

  test('a call that was turned away costs nothing', async () => {
    const { told: asides } = await propose([{ kind: 'error', status: 401 }]);
    expect(told(asides, 'spent')).toEqual([]);
  });
});

describe('a model that cannot be asked', () => {
  test.each<[string, Reply]>([
    ['is busy', { kind: 'error', status: 429, retryAfter: 0 }],
    ['has a fault', { kind: 'error', status: 500, retryAfter: 0 }],
    ['is not there for a moment', { kind: 'error', status: 503, body: 'html', retryAfter: 0 }],
  ])('is asked again where it %s', async (_, fault) => {
    const { drafts, told: asides, calls } = await propose([fault, answer(proposal(RAISE))]);
    expect(drafts).toHaveLength(1);
    expect(calls).toHaveLength(2);
    expect(told(asides, 'failed')).toEqual([]);
  });

  test.each<[string, Script, RegExp]>([
    [
      'goes on being busy',
      () => ({ kind: 'error', status: 429, retryAfter: 0, message: 'slow down' }),
      /429 .*slow down/,
    ],
    ['cuts its answer off', [{ kind: 'malformed-json' }], /JSON/],
    ['declines', [{ kind: 'content-filter' }], /declined/],
    ['says nothing', [{ kind: 'empty' }], /said nothing/],
  ])('is told as failed, with no draft, where it %s', async (_, script, reason) => {
    const { drafts, told: asides } = await propose(script);
    expect(drafts).toEqual([]);
    expect(told(asides, 'failed')).toEqual([
      { kind: 'failed', researcher: 'model:test', reason: expect.stringMatching(reason) },
    ]);
  });

  test('is told without its key, though the provider says it', async () => {
    const { told: asides, key } = await propose([{ kind: 'error', status: 401, echoKey: true }]);
    expect(told(asides, 'failed')).toHaveLength(1);
    expect(JSON.stringify(asides)).not.toContain(key);
    expect(JSON.stringify(asides)).toContain('401');
  });

  test('is given up at its deadline', async () => {
    const { told: asides } = await propose([{ kind: 'hang' }], { deadlineSeconds: 0.2 });
    expect(told(asides, 'failed')).toMatchObject([{ reason: 'no answer within 0.2 s' }]);
  });

  test('is left at once when the engine ends', async () => {
    const abort = new AbortController();
    const asked = propose(
      () => {
        abort.abort(new Error('asked to stop'));
        return { kind: 'hang' };
      },
      { signal: abort.signal },
    );
    await expect(asked).rejects.toThrow('asked to stop');
  });
});

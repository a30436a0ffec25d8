import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import type { ExperimentId, TrialId } from '../../model/identity.ts';
import type { Assets } from './assets.ts';
import { shownState } from './at-work.ts';
import { detailOf } from './detail.ts';
import { type Door, guard, needsToken } from './door.ts';
import { encode } from './encode.ts';
import { createFeed, type Feed, parsePosition } from './feed.ts';
import { createLearned } from './learned.ts';
import type { PageDesk } from './page-desk.ts';
import { rowPage } from './rows.ts';
import type { Told, WireLog } from './wire.ts';

/** The page's server, without a socket yet. */
export interface PageServer extends Disposable {
  readonly fetch: Hono['fetch'];
  readonly feed: Feed;
}

/** @param assets the built page */
export function createPageServer(desk: PageDesk, door: Door, assets: Assets): PageServer {
  const feed = createFeed(desk);
  const app = new Hono();
  app.use(guard(door));
  readRoutes(app, desk, feed);
  writeRoutes(app, desk, door);
  pageRoutes(app, assets);
  app.onError((cause, context) => {
    const status = cause instanceof HTTPException && cause.status === 413 ? 413 : 500;
    return json(context, desk, { kind: 'refused', text: cause.message } satisfies Told, status);
  });
  return { fetch: app.fetch, feed, [Symbol.dispose]: () => feed[Symbol.dispose]() };
}

function json(
  context: Context,
  { clean }: PageDesk,
  value: unknown,
  status: 200 | 404 | 409 | 413 | 500 = 200,
) {
  context.header('content-type', 'application/json; charset=utf-8');
  context.header('cache-control', 'no-store');
  return context.body(encode(value, clean), status);
}

const numberOf = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0);

function readRoutes(app: Hono, desk: PageDesk, feed: Feed): void {
  const learned = createLearned(desk);
  app.get('/api/overview', (context) => json(context, desk, feed.overview()));
  app.get('/api/slots', (context) => json(context, desk, desk.slots()));
  app.get('/api/learned', (context) => json(context, desk, learned(feed.look())));
  app.get('/api/experiments', (context) => {
    const look = feed.look();
    const after = numberOf(context.req.query('after'));
    return json(context, desk, rowPage(shownState(look), look.sequence, after));
  });
  app.get('/api/experiments/:id', (context) => {
    const state = shownState(feed.look());
    const experiment = state.experiments.get(numberOf(context.req.param('id')) as ExperimentId);
    if (experiment === undefined) return unknown(context, desk, state.nextExperiment - 1);
    return json(context, desk, detailOf(desk, state, experiment));
  });
  app.get('/api/experiments/:id/difference', async (context) => {
    const { state } = feed.look();
    const experiment = state.experiments.get(numberOf(context.req.param('id')) as ExperimentId);
    if (experiment === undefined) return unknown(context, desk, state.nextExperiment - 1);
    const { parent, commit } = experiment.proposal;
    const difference = await desk.difference(parent, commit);
    const isForFile = context.req.query('as') === 'patch';
    if (isForFile && difference.truncated) return tooLong(context, desk, experiment.proposal.experiment);
    // To be copied or kept as a file, byte for byte: shown nowhere.
    if (isForFile)
      return context.body(difference.text, 200, {
        'content-type': 'text/x-patch; charset=utf-8',
        'content-disposition': `attachment; filename="experiment-${experiment.proposal.experiment}.patch"`,
      });
    return json(context, desk, difference);
  });
  app.get('/api/trials/:id/log', (context) => {
    const trial = numberOf(context.req.param('id')) as TrialId;
    return json(context, desk, { trial, lines: desk.output(trial) } satisfies WireLog);
  });
  app.get('/api/feed', (context) => {
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    };
    // Whoever asks for the head alone would be a reader that nobody ever lets go.
    if (context.req.method === 'HEAD') return context.body(null, 200, headers);
    const from = parsePosition(context.req.header('last-event-id') ?? context.req.query('from'));
    const stream = feed.join(from);
    if (stream === undefined) return context.text('Too many readers: close one of the open pages.\n', 503);
    return context.body(stream, 200, headers);
  });
  app.get('/api/*', (context) => context.text('There is nothing here.\n', 404));
}

/** A part of a patch applies to nothing, and looks like the whole. */
function tooLong(context: Context, desk: PageDesk, experiment: ExperimentId) {
  const text = `The patch is too long for the page: "ratchet diff ${experiment}" prints the whole.`;
  return json(context, desk, { kind: 'refused', text } satisfies Told, 409);
}

function unknown(context: Context, desk: PageDesk, last: number) {
  const known = last === 0 ? 'none yet' : `1 to ${last}`;
  return json(
    context,
    desk,
    { kind: 'refused', text: `There is no such experiment; the study has ${known}.` } satisfies Told,
    404,
  );
}

function writeRoutes(app: Hono, desk: PageDesk, door: Door): void {
  const wishSchema = z.strictObject({ wish: z.enum(['pause', 'resume', 'stop']) });
  const suggestionSchema = z.strictObject({
    idea: z.string().trim().min(1).max(desk.longestIdea),
    patch: z.string().max(desk.longestPatch).exactOptional(),
  });
  const bounded = bodyLimit({ maxSize: 4 * desk.longestPatch });
  app.use('/api/wishes', needsToken(door), bounded);
  app.use('/api/suggestions', needsToken(door), bounded);
  // Whether a link's token still opens anything.
  app.post('/api/token', needsToken(door), (context) =>
    json(context, desk, { kind: 'done', text: 'It fits.' } satisfies Told),
  );
  app.post('/api/wishes', async (context) => {
    const reading = wishSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!reading.success) return mistaken(context, desk, 'Send {"wish": "pause"}, "resume" or "stop".');
    return told(context, desk, desk.wish(reading.data.wish));
  });
  app.post('/api/suggestions', async (context) => {
    const reading = suggestionSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!reading.success)
      return mistaken(
        context,
        desk,
        `Say in one sentence of at most ${desk.longestIdea} characters what is to be tried.`,
      );
    const { idea, patch } = reading.data;
    return told(context, desk, await desk.suggest(idea, patch));
  });
}

function told(context: Context, desk: PageDesk, answer: Told) {
  return json(context, desk, answer, answer.kind === 'done' ? 200 : 409);
}

function mistaken(context: Context, desk: PageDesk, text: string) {
  return json(context, desk, { kind: 'refused', text } satisfies Told, 409);
}

/** Every address that is no file is the page's own: it reads there what to show. */
function pageRoutes(app: Hono, { index, byPath }: Assets): void {
  app.get('*', (context) => {
    const asset = byPath.get(context.req.path) ?? index;
    // Names of what lies in assets/ change with what they hold.
    const isNamedByContent = context.req.path.startsWith('/assets/') && asset !== index;
    context.header('cache-control', isNamedByContent ? 'max-age=31536000, immutable' : 'no-cache');
    return context.body(asset.bytes, 200, { 'content-type': asset.type });
  });
}

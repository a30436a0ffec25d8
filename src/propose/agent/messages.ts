import * as z from 'zod';

/** What is read of an agent's messages. All else it sends is passed over. */
export const initialised = z.object({ protocolVersion: z.number() });

export const newSession = z.object({ sessionId: z.string().min(1).max(1000) });

const tokens = z.number().int().min(0).max(1e9).catch(0);

const turnUsage = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  cachedReadTokens: tokens.nullish(),
  cachedWriteTokens: tokens.nullish(),
  thoughtTokens: tokens.nullish(),
});
export type TurnUsage = z.infer<typeof turnUsage>;

export const turnEnd = z.object({
  stopReason: z.string().max(100),
  /** Of this turn. Not every agent counts. */
  usage: turnUsage.nullish().catch(undefined),
});

const chunk = z.object({
  sessionUpdate: z.literal('agent_message_chunk'),
  content: z.object({ type: z.literal('text'), text: z.string() }),
});
/** What the whole session has cost so far. */
const usage = z.object({
  sessionUpdate: z.literal('usage_update'),
  cost: z.object({ amount: z.number().min(0).max(1e6), currency: z.string() }),
});
const other = z.object({ sessionUpdate: z.string() });

/** A notice of what an agent does: never an error, whatever it holds. */
export const sessionUpdate = z
  .object({ update: z.union([chunk, usage, other]) })
  .catch({ update: { sessionUpdate: 'unreadable' } });
export type SessionUpdate = z.infer<typeof sessionUpdate>['update'];

import * as z from 'zod';

const FORMATS = ['slack', 'discord', 'ntfy'] as const;
/** Whose way of taking a message it is. */
export type NotifyFormat = (typeof FORMATS)[number];

const OCCASIONS = ['keep', 'done', 'trouble'] as const;
/** What a message may be about. */
export type Occasion = (typeof OCCASIONS)[number];

/** No message repeats what was written: the address is a secret, since whoever has it can write there. */
const webhook = z
  .url({ error: 'must be an address such as https://hooks.slack.com/services/...' })
  .refine(isSafe, { error: 'must begin with https:// (http:// is for this machine alone)' })
  .refine(withoutUser, {
    error: 'must hold no user and password: nothing that reads a webhook takes them',
  });

/** `notify` in the user's settings. */
export const notifySchema = z
  .strictObject({
    webhook,
    on: z.array(z.enum(OCCASIONS)).min(1).exactOptional(),
    format: z.enum(FORMATS).exactOptional(),
  })
  .refine(({ webhook, format }) => format !== undefined || formatOfHost(hostOf(webhook)) !== undefined, {
    error: `format: the address does not say who takes the message: write one of ${FORMATS.join(', ')}`,
  });
export type NotifySettings = z.infer<typeof notifySchema>;

export function formatOf({ webhook, format }: NotifySettings): NotifyFormat {
  return format ?? formatOfHost(hostOf(webhook)) ?? 'ntfy';
}

/** All that is ever told of an address. */
export function hostOf(webhook: string): string {
  return URL.parse(webhook)?.hostname ?? '';
}

export function occasionsOf({ on }: NotifySettings): ReadonlySet<Occasion> {
  return new Set(on ?? OCCASIONS);
}

function formatOfHost(host: string): NotifyFormat | undefined {
  if (/(?:^|\.)slack\.com$/.test(host)) return 'slack';
  if (/(?:^|\.)(?:discord|discordapp)\.com$/.test(host)) return 'discord';
  return /(?:^|\.)ntfy\./.test(host) ? 'ntfy' : undefined;
}

/** What is no address at all is told by the first check alone. */
function isSafe(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol === 'https:') return true;
  const { protocol, hostname } = url;
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
  return protocol === 'http:' && isLoopback;
}

function withoutUser(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === '' && url.password === '');
}

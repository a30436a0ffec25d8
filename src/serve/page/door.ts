import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** Who may come in, by the names under which this server is reached. */
export interface Door {
  /** Names and addresses in a link to this server, besides those of the machine itself: those of `--host`. Lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly token: string;
}

/** The machine's own names for itself: no other machine can be reached under them. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Nothing is loaded from elsewhere, nothing inline runs, nobody frames the page, and no text can become markup by a mistake of
 * the page: with `trusted-types 'none'` the browser refuses to parse any as such.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Refuses what a browser was talked into by another site: a name that leads here by a changed DNS entry (rebinding), and requests of
 * another origin. A forwarded port changes the number and not the name, so any port is one's own.
 */
export function guard({ hosts }: Door): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    const host = context.req.header('host')?.toLowerCase() ?? '';
    if (!isOwn(host, hosts))
      return context.text(
        `This server does not go by the name ${JSON.stringify(host)}. Open the address that Ratchet printed, or start it with --host.\n`,
        421,
      );
    const origin = context.req.header('origin');
    const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
    if (isForeign || context.req.header('sec-fetch-site') === 'cross-site') {
      // A link on another site may open the page; it may read and do nothing.
      const opensPage = context.req.header('sec-fetch-mode') === 'navigate' && context.req.method === 'GET';
      if (isForeign || !opensPage) return context.text('Requests of other sites are refused.\n', 403);
    }
    return await next();
  };
}

function isOwn(host: string, hosts: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d{1,5}$/, '');
  return LOOPBACK.has(name) || hosts.has(name);
}

/** Lets through who has the token, in a header that no form and no other site can set. */
export function needsToken({ token }: Door): MiddlewareHandler {
  return async (context, next) => {
    const given = /^Bearer (\S{1,200})$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (given === undefined || !equal(given, token))
      return context.json(
        { kind: 'refused', text: 'This needs the token: open the whole link that Ratchet printed.' },
        401,
      );
    return await next();
  };
}

/** Takes as long whatever is alike in both. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

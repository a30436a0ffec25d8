import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Step } from './plan.ts';

/** How an exchange ended: as planned, by a planned cut, or because its client left or the server closed. */
export type Ending = 'answered' | 'cut' | 'left' | 'closed';

/** Aborts, with the ending as its reason, when nobody is there any more to be answered. */
export function departure(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const left = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) left.abort('left' satisfies Ending);
  });
  return AbortSignal.any([closing, left.signal]);
}

export function endingOf(gone: AbortSignal): Ending {
  return gone.reason === ('closed' satisfies Ending) ? 'closed' : 'left';
}

export async function perform(
  steps: readonly Step[],
  response: ServerResponse,
  gone: AbortSignal,
): Promise<Ending> {
  for (const step of steps) {
    if (gone.aborted) break;
    switch (step.kind) {
      case 'head':
        response.writeHead(step.status, step.headers);
        response.flushHeaders();
        break;
      case 'send':
        // A piece is with the kernel before the next step, so a cut takes back nothing that was sent.
        if (step.text !== '') await unlessGone(gone, (done) => response.write(step.text, () => done()));
        break;
      case 'wait':
        await pause(step.milliseconds, undefined, { signal: gone }).catch(() => undefined);
        break;
      case 'hang':
        await unlessGone(gone, () => undefined);
        break;
      case 'cut':
        response.socket?.destroy();
        return 'cut';
      case 'end':
        await unlessGone(gone, (done) => response.end(done));
        if (response.writableFinished) return 'answered';
        break;
      default:
        step satisfies never;
    }
  }
  return endingOf(gone);
}

/** Resolves with what `start` reports, or with undefined when somebody left before that. */
export function unlessGone<T>(
  gone: AbortSignal,
  start: (done: (value?: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const done = (value?: T) => {
      gone.removeEventListener('abort', leave);
      resolve(value);
    };
    const leave = () => done();
    gone.addEventListener('abort', leave);
    if (gone.aborted) done();
    else start(done);
  });
}

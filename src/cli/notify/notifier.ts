import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, postOf } from './message.ts';
import { PATIENCE, type Patience, post } from './post.ts';
import { formatOf, type NotifySettings } from './settings.ts';

/** Milliseconds from one message to the next. */
const INTERVAL = 60_000;
/** Milliseconds that the end of a run waits for its last message. */
const LAST_WORDS = 15_000;
/** News that wait for their message; of more the newest are told, and how many there were before. */
const MOST_WAITING = 10;

export interface NotifierOptions {
  readonly settings: NotifySettings;
  /** Makes one message of some news, as things stand when it is sent. */
  readonly compose: (news: readonly string[]) => Message;
  /** Told once for each way in which a message could not be sent. */
  readonly onProblem: (problem: string) => void;
  readonly interval?: number;
  readonly patience?: Patience;
  readonly lastWords?: number;
}

/** Tells somebody outside what happens. Nothing waits for it, and no fault of it is anybody else's. */
export interface Notifier {
  /** Sends it now, or with the next message where one was sent within the last minute. */
  tell(news: string): void;
  /** Sends what waits, without a minute in between, and ends; it takes 15 s at most. */
  close(): Promise<void>;
}

export function openNotifier(options: NotifierOptions): Notifier {
  const { settings, compose, onProblem, interval = INTERVAL, patience = PATIENCE } = options;
  const waiting: string[] = [];
  let untold = 0;
  let sending: Promise<void> | undefined;
  const closing = new AbortController();
  const givenUp = new AbortController();

  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const before = untold === 0 ? [] : [`${untold} earlier ones are not told`];
      untold = 0;
      const message = postOf(compose([...before, ...waiting.splice(0)]), formatOf(settings));
      const posted = await post(settings.webhook, message, patience, givenUp.signal);
      if (posted.kind === 'failed') onProblem(`no message was sent: ${posted.reason}`);
      await sleep(interval, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  const start = () => {
    sending ??= send()
      .catch((cause: unknown) => onProblem(`no message was sent: ${(cause as Error).name}`))
      .finally(() => {
        sending = undefined;
        if (waiting.length > 0) start();
      });
  };
  return {
    tell(news) {
      waiting.push(news);
      while (waiting.length > MOST_WAITING) {
        waiting.shift();
        untold += 1;
      }
      start();
    },
    async close() {
      closing.abort();
      const patienceEnds = setTimeout(() => givenUp.abort(), options.lastWords ?? LAST_WORDS);
      while (sending !== undefined) await sending;
      clearTimeout(patienceEnds);
    },
  };
}

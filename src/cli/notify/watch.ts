import { basename } from 'node:path';
import process from 'node:process';
import type { Engine } from '../../engine/engine.ts';
import { headlineNow } from '../findings.ts';
import { newsSince, seenIn } from './news.ts';
import { openNotifier } from './notifier.ts';
import { type NotifySettings, type Occasion, occasionsOf } from './settings.ts';

/** Milliseconds between two looks at the state. */
const LOOK = 1_000;

/** Somebody outside who is told what happens to a study. */
export interface Watch {
  /** Tells how it ended, and ends within 15 s. */
  end(occasion: Occasion, text: string): Promise<void>;
}

const NOBODY: Watch = { end: () => Promise.resolve() };

/**
 * Watches a study from now on for whoever the settings name. Whom a message did not reach is a notice of the engine, by the host alone;
 * at the end, when nobody shows notices any more, a line on standard error.
 *
 * @param lab the lab's folder
 */
export function watchStudy(
  settings: NotifySettings | undefined,
  { ledger, notices }: Pick<Engine, 'ledger' | 'notices'>,
  lab: string,
): Watch {
  if (settings === undefined) return NOBODY;
  const wanted = occasionsOf(settings);
  let report = (problem: string) => {
    notices.add(problem);
  };
  const notifier = openNotifier({
    settings,
    compose: (news) => ({
      title: `ratchet ${basename(lab)} (${ledger.state.study.study})`,
      lines: [headlineNow(ledger.state).sentence, ...news],
    }),
    onProblem: (problem) => report(problem),
  });
  let seen = seenIn(ledger.state);
  const look = () => {
    const news = newsSince(seen, ledger.state);
    seen = seenIn(ledger.state);
    for (const { occasion, text } of news) if (wanted.has(occasion)) notifier.tell(text);
  };
  const timer = setInterval(look, LOOK);
  timer.unref();
  return {
    async end(occasion, text) {
      clearInterval(timer);
      report = (problem) => {
        if (!notices.has(problem)) process.stderr.write(`note: ${problem}\n`);
      };
      look();
      if (wanted.has(occasion)) notifier.tell(text);
      await notifier.close();
    },
  };
}

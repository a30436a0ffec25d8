import process from 'node:process';
import { paidProposals } from '../model/paid-proposals.ts';
import { spentSince, totalSpent } from '../model/spending.ts';
import { activeSecondsAt } from '../model/study.ts';
import { budgetOf, usedByStudy } from '../record/findings/budget.ts';
import { readLedger } from '../record/reader.ts';
import type { Session } from '../session.ts';
import { columnsOf, printLines } from './output.ts';
import { eventLine } from './terminal/lines.ts';
import { openScreen } from './terminal/screen.ts';
import { renderSummary } from './terminal/summary.ts';
import { type LiveView, slotViews } from './terminal/view.ts';

/** Milliseconds between two looks at the ledger for lines to print. */
const LINE_INTERVAL = 250;

/** Among what was told: no notice is so short. */
const PAGE = 'page';

/** What a person sees of an engine in this process: a live screen on a terminal, plain lines elsewhere. */
export interface ShownSession extends Disposable {
  /** The terminal is gone: nothing is shown any more, and the work goes on. */
  readonly hangUp: () => void;
  /** Closes the view, and leaves a summary under the sentence that says why it ended, with further lines as title and text. */
  finish(sentence: string, facts?: readonly (readonly [title: string, text: string])[]): void;
}

export interface Show {
  /** As a person names it. */
  readonly lab: string;
  readonly colour: boolean;
  /** Lines about single experiments that are printed where there is no terminal; Infinity for whoever watches them. */
  readonly lines: number;
  /** Address of the page, once it is served. */
  readonly page: () => string | undefined;
}

/** Shows at once what a person should know before the night, and at the end what they should know after it. */
export function showSession(session: Session, { lab, colour, lines, page }: Show): ShownSession {
  // Neither a reader that went away (`ratchet run | head`) nor a lost terminal, to which the cursor is given back on
  // standard error, may end a study.
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => undefined);
  }
  const { notices } = session.engine;
  const told = new Set<string>();
  const tell = () => {
    const news = [...notices].filter((notice) => !told.has(notice));
    for (const notice of news) told.add(notice);
    const address = told.has(PAGE) ? undefined : page();
    if (address !== undefined) told.add(PAGE);
    printLines([
      ...(address === undefined ? [] : [`page: ${address}`]),
      ...news.map((notice) => `note: ${notice}`),
    ]);
  };
  tell();
  const view = () => viewOf(session, lab, page());
  const onFault = (cause: unknown) => {
    notices.add(`the view of this run ended early: ${cause instanceof Error ? cause.message : cause}`);
  };
  const live = process.stdout.isTTY
    ? openScreen(process.stdout, colour, view, onFault)
    : openLines(session, lines, tell, onFault);
  let hungUp = false;
  return {
    hangUp() {
      hungUp = true;
      live.close();
    },
    finish(sentence, facts) {
      if (hungUp) return;
      live.close();
      tell();
      printLines([
        sentence,
        '',
        ...renderSummary(
          { ...view(), phase: 'stopped' },
          { columns: columnsOf(process.stdout), colour },
          facts,
        ),
      ]);
    },
    [Symbol.dispose]: live.close,
  };
}

/** Plain lines, one an event of note, of what is on disk, and notices as they come. A fault closes them, and is handed on. */
function openLines(
  { engine }: Session,
  most: number,
  tell: () => void,
  onFault: (cause: unknown) => void,
): { close(): void } {
  const opening = readLedger(engine.folder.ledger);
  if (opening.kind !== 'open') return { close: () => undefined };
  const { reader } = opening;
  let left = most;
  let open = true;
  const end = () => {
    open = false;
    clearInterval(timer);
    reader.close();
  };
  const print = () => {
    try {
      tell();
      const lines = reader.refresh().flatMap((entry) => eventLine(entry, reader.state) ?? []);
      printLines(lines.slice(0, left));
      left -= lines.length;
      if (left > 0) return;
      printLines([`${most} lines are enough: "ratchet log" has them all`]);
      end();
    } catch (cause) {
      end();
      onFault(cause);
    }
  };
  const timer = setInterval(print, LINE_INTERVAL);
  return {
    close() {
      if (open) print();
      if (open) end();
    },
  };
}

function viewOf({ engine }: Session, lab: string, page: string | undefined): LiveView {
  const { state } = engine.ledger;
  const now = engine.now();
  return {
    lab,
    state,
    slots: slotViews(engine.board.slots, state),
    budget: [
      ...budgetOf(engine.program.limits, usedByStudy(state, now)),
      ...budgetOf(engine.limits, usedByRun(engine, now)),
    ],
    phase: engine.course(),
    seat: 'engine',
    ...(page === undefined ? {} : { page }),
    now,
  };
}

/** What this run has used. */
function usedByRun({ start, ledger }: Session['engine'], now: number) {
  const { state } = ledger;
  const seconds = activeSecondsAt(state, now) - start.activeSeconds;
  const spent = spentSince(start.spent, totalSpent(state.spending.values()));
  return {
    seconds,
    experiments: state.judged - start.judged,
    spent,
    paidProposals: () => paidProposals(state) - start.paidProposals,
  };
}

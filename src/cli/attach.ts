import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Live, readLive, slotStates } from '../engine/live.ts';
import { engineAtWork } from '../engine/lock.ts';
import { readProgramFile } from '../lab/program.ts';
import { budgetOf, usedByStudy } from '../record/findings/budget.ts';
import { EXIT } from './exit.ts';
import { columnsOf, printLines, wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import {
  choiceOf,
  openStudyToRead,
  type ReadStudy,
  type StudyChoice,
  withLabAndStudy,
} from './read-study.ts';
import { eventLine } from './terminal/lines.ts';
import { openScreen } from './terminal/screen.ts';
import { renderSummary } from './terminal/summary.ts';
import { type LiveView, slotViews } from './terminal/view.ts';

/** Milliseconds between two looks at the ledger and at what the engine shows. */
const INTERVAL = 500;

const INTERRUPTED = 'interrupted';

/**
 * Until this process ends, not only for the first: a launcher that hands the terminal's Ctrl-C on may be late with it, and
 * must not end the closing text that the first one has asked for.
 */
function onInterrupt(leave: () => void): void {
  process.on('SIGINT', leave);
}

export function registerAttach(program: Command): void {
  withLabAndStudy(program.command('attach'))
    .description('watch an engine that works in another terminal or in the background')
    .addHelpText('after', '\nCtrl-C leaves the view; the engine goes on.')
    .action(async (lab: string | undefined, options: StudyChoice, command: Command) => {
      using study = await openStudyToRead(choiceOf(lab, options));
      await attach(study, wantsColour(process.stdout, command));
    });
}

async function attach(study: ReadStudy, colour: boolean): Promise<void> {
  if (engineAtWork(study.folder) === undefined) {
    const where = study.lab.name === '.' ? '' : ` ${study.lab.name}`;
    throw new Problem(
      `no engine is at work on study ${study.id}: "ratchet run${where}" resumes it`,
      EXIT.nothing,
    );
  }
  const left = new AbortController();
  onInterrupt(() => left.abort(INTERRUPTED));
  const reading = await readProgramFile(study.lab.folder);
  const limits = reading.kind === 'program' ? reading.program.limits : [];
  const view = (): LiveView => {
    const live = readLive(study.folder);
    const now = Date.now();
    return {
      lab: study.lab.name,
      state: study.state,
      slots: live ? slotViews(slotStates(live, study.state), study.state) : [],
      budget: budgetOf(limits, usedByStudy(study.state, now)),
      phase: phaseOf(live),
      seat: 'elsewhere',
      now,
    };
  };
  const screen = process.stdout.isTTY
    ? openScreen(process.stdout, colour, view, (cause) => left.abort(cause))
    : undefined;
  try {
    while (!left.signal.aborted && engineAtWork(study.folder) !== undefined) {
      follow(study, screen === undefined);
      await sleep(INTERVAL, undefined, { signal: left.signal }).catch(() => undefined);
    }
    follow(study, screen === undefined);
  } finally {
    screen?.close();
  }
  if (left.signal.aborted && left.signal.reason !== INTERRUPTED) throw left.signal.reason;
  const sentence = left.signal.aborted ? 'the engine goes on' : 'the engine has stopped';
  const size = { columns: columnsOf(process.stdout), colour };
  printLines([sentence, '', ...renderSummary(view(), size)]);
}

function follow({ reader }: ReadStudy, printed: boolean): void {
  for (const entry of reader.refresh()) {
    const line = printed ? eventLine(entry, reader.state) : undefined;
    if (line !== undefined) process.stdout.write(`${line}\n`);
  }
}

function phaseOf(live: Live | undefined): LiveView['phase'] {
  return live?.course ?? 'stopped';
}

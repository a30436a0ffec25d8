import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Commit } from '../model/identity.ts';
import { championOn } from '../model/study.ts';
import type { LedgerCopy } from '../record/copy.ts';
import type { Ledger } from '../record/ledger.ts';
import { copyProblem } from './copy-problem.ts';
import type { Engine } from './engine.ts';
import { liveOf, writeLive } from './live.ts';
import { publishChampion, refsOf } from './publish.ts';
import { takeWish, type Wish } from './request.ts';

/** Milliseconds between two rounds; limits on time and wishes of other terminals are noticed this late. */
const ROUND = 500;
/** How far the copy of the ledger in git may be behind, in milliseconds. */
const COPY_INTERVAL = 5_000;

/**
 * What goes on beside the loop as long as an engine works: it shows what the slots do, hears wishes, and keeps the
 * branch and the ledger's copy in git up to date. `finish` brings them up to the last entry.
 */
export interface Housekeeping {
  finish(): Promise<void>;
}

export function keepHouse(engine: Engine, copy: LedgerCopy, hear: (wish: Wish) => void): Housekeeping {
  // Not by the study's clock, which may jump back.
  let lastCopy = performance.now();
  let publishing = false;
  let champion: Commit | undefined;

  async function publish(): Promise<void> {
    const { ledger, repository, conditions } = engine;
    const now = championOn(ledger.state, conditions.hardware).commit;
    if (now !== champion) {
      const notice = await publishChampion(repository, ledger.state, conditions.hardware);
      if (notice) engine.notices.add(notice);
    }
    champion = now;
    await requireCopy(copy, ledger);
    lastCopy = performance.now();
  }

  function round(): void {
    const { folder, now, board, course } = engine;
    const wish = takeWish(folder);
    if (wish) hear(wish);
    writeLive(folder, liveOf(course(), now(), board.slots));
    requireLedger(folder.ledger);
    const due = performance.now() - lastCopy >= COPY_INTERVAL;
    if (due && !publishing) {
      publishing = true;
      engine.errands.run(publish().finally(() => (publishing = false)));
    }
  }

  engine.errands.attempt(round);
  const timer = setInterval(() => engine.errands.attempt(round), ROUND);
  return {
    async finish() {
      clearInterval(timer);
      await engine.errands.settled();
      // With the state folder deleted, the open ledger still has all of its entries: the copy in git is their last chance.
      if (!existsSync(engine.folder.scratch)) engine.repository.useScratch(tmpdir());
      await publish();
    },
  };
}

/**
 * Brings the ledger's copy in git up to date, and returns how many entries it lacked; a copy that tells another story than the
 * ledger ends the engine.
 */
export async function requireCopy(copy: LedgerCopy, ledger: Ledger): Promise<number> {
  const outcome = await copy.write(ledger);
  if (outcome.kind === 'written') return outcome.entries;
  const { problem, mend } = copyProblem(outcome, refsOf(ledger.state.study.study).ledger);
  throw new Error(`the copy of the ledger in git ${problem}: ${mend}`);
}

/** An open file lives on after its name is gone, and all that is written to it would be lost with the engine. */
function requireLedger(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })) return;
  throw new Error(
    `${file} was deleted while the engine worked; \`ratchet run\` restores it from its copy in git`,
  );
}

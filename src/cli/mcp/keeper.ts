import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guestsAttached } from '../../engine/guests.ts';
import { readLive } from '../../engine/live.ts';
import { engineAtWork, lockStudy, type StudyLock } from '../../engine/lock.ts';
import { leaveWish } from '../../engine/request.ts';
import { studiesOnDisk } from '../../engine/studies.ts';
import { makeStateFolder, type StudyFolder, studyFolder } from '../../lab/folder.ts';
import { activeSecondsAt, type StudyState } from '../../model/study.ts';
import { type LedgerReader, readLedger } from '../../record/reader.ts';
import type { EngineStanding, Look } from '../../serve/desk.ts';
import { startDetached } from '../detach.ts';
import { ledgerProblem } from '../ledger-problem.ts';
import { Problem } from '../problem.ts';

/** What an engine is started with. */
export interface StartWish {
  readonly experiments?: number;
  /** Seconds. */
  readonly for?: number;
  readonly slots?: number;
  /** Who proposes beside the client, as `ratchet run` takes it. */
  readonly researcher?: string;
  readonly stopWithClient?: true;
}

/** How often it is asked whether the engine lives, in milliseconds: the question opens a file. */
const PULSE = 500;
/** How long one client waits while another one starts the engine, in milliseconds. */
const TURN = 40_000;
const TURN_INTERVAL = 100;

/** The lab's newest study and the engine behind it, which is started where none is at work. */
export interface Keeper {
  /** Attaches first, or starts. An engine of its own that was killed is started again, once. */
  look(): Promise<Look>;
  glance(): Look;
  /** The client is gone: the study goes on, unless it was to stop with its clients and this was the last one. */
  end(): Promise<void>;
}

export function createKeeper(lab: string, wish: StartWish): Keeper {
  let study: { readonly folder: StudyFolder; readonly reader: LedgerReader } | undefined;
  /** The engine that this server started, and where the study stood then. */
  let own: { readonly judged: number; readonly seconds: number } | undefined;
  let starting: Promise<void> | undefined;
  let restarted = false;
  let news: string | undefined;
  let pulse: { readonly at: number; readonly isAlive: boolean } = {
    at: Number.NEGATIVE_INFINITY,
    isAlive: false,
  };

  function open(): typeof study {
    const newest = studiesOnDisk(lab).at(-1);
    if (newest === undefined) return study;
    const folder = studyFolder(lab, newest);
    if (study?.folder.root === folder.root) return study;
    const opening = readLedger(folder.ledger);
    if (opening.kind === 'absent') return study;
    if (opening.kind !== 'open') throw ledgerProblem(opening, `study ${newest} has no entry yet`);
    study?.reader.close();
    study = { folder, reader: opening.reader };
    return study;
  }

  function isAlive(folder: StudyFolder): boolean {
    const now = performance.now();
    if (now - pulse.at > PULSE) pulse = { at: now, isAlive: engineAtWork(folder) !== undefined };
    return pulse.isAlive;
  }

  function standing({ folder, reader }: NonNullable<typeof study>): EngineStanding {
    if (starting === undefined && !isAlive(folder)) {
      // What it wrote last may have come in since the look before.
      reader.refresh();
      return { kind: reader.state.activity === 'stopped' ? 'ended' : 'died' };
    }
    const live = readLive(folder);
    const busy = (live?.busy ?? []).map(({ trial, share }) => ({ trial: trial as never, share }));
    return { kind: 'working', course: live?.course ?? 'running', slots: live?.slots ?? 1, busy };
  }

  function glance(): Look {
    const at = open();
    if (at === undefined) throw new Problem('the lab has no study yet');
    at.reader.refresh();
    const engine = standing(at);
    const told = news;
    return { state: at.reader.state, engine, ...(told === undefined ? {} : { news: told }) };
  }

  /** One client at a time starts an engine: two at once would open two studies. */
  async function startInTurn(): Promise<void> {
    using _ = await takeTurn(lab);
    pulse = { at: Number.NEGATIVE_INFINITY, isAlive: false };
    const at = open();
    if (at !== undefined && isAlive(at.folder)) return;
    const left = leftOf(wish, own, at?.reader.state);
    const started = await startDetached(lab, ['run', lab, '--detached', ...argumentsOf(left)]);
    pulse = { at: Number.NEGATIVE_INFINITY, isAlive: false };
    if (started.kind === 'ended') news = `the engine was started, and ended at once: ${started.said}`;
    const { state } = open()!.reader;
    if (started.kind === 'working' && wish.stopWithClient) writeFileSync(lastClient(lab), `${started.pid}\n`);
    own ??= { judged: state.judged, seconds: state.activeSeconds };
  }

  function start(): Promise<void> {
    starting ??= startInTurn().finally(() => (starting = undefined));
    return starting;
  }

  let attached = false;
  async function look(): Promise<Look> {
    news = undefined;
    if (starting !== undefined) await starting;
    pulse = { at: Number.NEGATIVE_INFINITY, isAlive: false };
    if (!attached) {
      const at = open();
      if (at === undefined || !isAlive(at.folder)) await start();
      attached = true;
    }
    const seen = glance();
    if (seen.engine.kind !== 'died' || own === undefined) return seen;
    if (restarted) return seen;
    restarted = true;
    await start();
    news =
      'The engine had been killed. It was started again, and goes on: nothing that was acknowledged is lost, and the trials ' +
      'that were in flight are run again. A second time it is left to a person.';
    return glance();
  }

  async function end(): Promise<void> {
    await starting?.catch(() => undefined);
    if (study !== undefined && !guestsAttached(lab) && stopsWithClient(lab, study.folder))
      leaveWish(study.folder, 'stop');
    study?.reader.close();
  }

  return { look, glance, end };
}

/** Names the engine that is to stop with its clients, whichever of them goes last. */
const lastClient = (lab: string) => join(makeStateFolder(lab), 'stop-with-client');

function stopsWithClient(lab: string, folder: StudyFolder): boolean {
  const engine = engineAtWork(folder)?.pid;
  if (engine === undefined || !existsSync(lastClient(lab))) return false;
  return readFileSync(lastClient(lab), 'utf8').trim() === String(engine);
}

async function takeTurn(lab: string): Promise<StudyLock> {
  const state = makeStateFolder(lab);
  const latest = performance.now() + TURN;
  for (;;) {
    const locking = lockStudy({ lock: join(state, 'starting.sqlite'), live: join(state, 'starting.json') });
    if (locking.kind === 'held') return locking.lock;
    if (performance.now() > latest)
      throw new Problem('another client is starting the engine, and takes long: try again');
    await sleep(TURN_INTERVAL);
  }
}

/** Of the limits what an engine that is started again may still use. */
function leftOf(
  wish: StartWish,
  own: { judged: number; seconds: number } | undefined,
  state: StudyState | undefined,
): StartWish {
  if (own === undefined || state === undefined) return wish;
  const { experiments, for: seconds } = wish;
  const used = activeSecondsAt({ ...state, activity: 'stopped' }, state.lastEventAt) - own.seconds;
  return {
    ...wish,
    ...(experiments === undefined
      ? {}
      : { experiments: Math.max(1, experiments - (state.judged - own.judged)) }),
    ...(seconds === undefined ? {} : { for: Math.max(1, seconds - used) }),
  };
}

function argumentsOf({ experiments, for: seconds, slots, researcher }: StartWish): string[] {
  return [
    ...(experiments === undefined ? [] : ['--experiments', String(experiments)]),
    ...(seconds === undefined ? [] : ['--for', `${Math.ceil(seconds)}s`]),
    ...(slots === undefined ? [] : ['--slots', String(slots)]),
    ...(researcher === undefined ? [] : ['--researcher', researcher]),
  ];
}

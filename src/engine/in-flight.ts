import type { TrialReading } from '../measure/trial-reading.ts';
import type { TrialId } from '../model/identity.ts';
import type { Stop } from '../model/judge.ts';
import type { CurvePoint, Trial } from '../model/trial.ts';

/** One trial while it runs: what it has told so far, and what may end it. */
export class Flight {
  readonly trial: Trial;
  readonly reading: TrialReading;
  /** Aborts when all trials are to end now, or when the judge stops this one. */
  readonly signal: AbortSignal;
  readonly #own = new AbortController();
  #stopped: Stop | undefined;

  constructor(trial: Trial, reading: TrialReading, abort: AbortSignal) {
    this.trial = trial;
    this.reading = reading;
    this.signal = AbortSignal.any([abort, this.#own.signal]);
  }

  /** What the judge says of a trial that is ending already changes nothing. */
  stop(stop: Stop): void {
    // A signal of two sources that nobody listens to takes its reason from the first in the list, not the first in time.
    if (this.signal.aborted) return;
    this.#stopped = stop;
    this.#own.abort();
  }

  /** Why the judge ended it, where nothing else was ending it before. */
  get stopped(): Stop | undefined {
    return this.#stopped;
  }
}

/** The trials that run at this moment. In memory only: the ledger tells which they are, and here is what it does not tell. */
export class TrialsInFlight {
  readonly #flights = new Map<TrialId, Flight>();

  add(flight: Flight): void {
    this.#flights.set(flight.trial.trial, flight);
  }

  remove({ trial }: Flight): void {
    this.#flights.delete(trial.trial);
  }

  /** The points at the checkpoints that each has passed. */
  progress(): ReadonlyMap<TrialId, readonly CurvePoint[]> {
    return new Map([...this.#flights].map(([trial, { reading }]) => [trial, reading.checkpoints()]));
  }

  /** Begins to end these trials; each records its end by itself. One that has ended meanwhile stays as it ended. */
  stop(stops: readonly Stop[]): void {
    for (const stop of stops) this.#flights.get(stop.trial)?.stop(stop);
  }
}

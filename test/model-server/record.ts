import type { ModelCall } from './call.ts';
import type { Ending } from './perform.ts';

export interface RecordedCall extends ModelCall {
  /** The kind of the script's reply; `refused` where the server itself objects, `none` until the script has said. */
  readonly reply: string;
  /** Why it was refused: the objection, or how the script failed. */
  readonly problem: string | undefined;
  readonly ending: Ending | 'pending';
}

/** What is kept of the calls: the first ones, up to so many characters of bodies. The rest is only counted. */
const MOST_CALLS = 1000;
const MOST_CHARACTERS = 64 * 1024 * 1024;
const MOST_OTHERS = 100;

/** What reached a server, in order. */
export interface CallRecord {
  readonly calls: readonly RecordedCall[];
  readonly others: readonly string[];
  /** Calls so far, kept or not. */
  readonly count: number;
  readonly pending: number;
  /** @param length characters of the body */
  open(call: ModelCall, length: number): void;
  /** An ending other than `pending` closes the call. */
  amend(number: number, change: Partial<Pick<RecordedCall, 'reply' | 'problem' | 'ending'>>): void;
  noteOther(request: string): void;
  /** Resolves as soon as it is true; rejects after `milliseconds`. */
  until(what: string, isTrue: () => boolean, milliseconds: number): Promise<void>;
}

export function createRecord(): CallRecord {
  const calls: RecordedCall[] = [];
  const others: string[] = [];
  const watchers = new Set<() => void>();
  let count = 0;
  let ended = 0;
  let characters = 0;
  const tellWatchers = () => {
    for (const watcher of [...watchers]) watcher();
  };
  return {
    calls,
    others,
    get count() {
      return count;
    },
    get pending() {
      return count - ended;
    },
    open: (call, length) => {
      count += 1;
      characters += length;
      if (calls.length < MOST_CALLS && characters <= MOST_CHARACTERS) {
        calls.push({ ...call, reply: 'none', problem: undefined, ending: 'pending' });
      }
      tellWatchers();
    },
    amend: (number, change) => {
      if (change.ending !== undefined && change.ending !== 'pending') ended += 1;
      const index = calls.findIndex((call) => call.number === number);
      const call = calls[index];
      if (call !== undefined) calls[index] = { ...call, ...change };
      tellWatchers();
    },
    noteOther: (request) => {
      if (others.length < MOST_OTHERS) others.push(request);
    },
    until: (what, isTrue, milliseconds) =>
      new Promise((resolve, reject) => {
        if (isTrue()) return resolve();
        const deadline = setTimeout(() => {
          watchers.delete(watcher);
          reject(new Error(`The model server waited ${milliseconds} ms for ${what}, in vain.`));
        }, milliseconds);
        const watcher = () => {
          if (!isTrue()) return;
          clearTimeout(deadline);
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
      }),
  };
}

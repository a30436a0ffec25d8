import type { StudyState } from '../../model/study.ts';

/** A time in which no trial ran. Milliseconds since 1970. */
export interface Break {
  readonly from: number;
  readonly to: number;
}

/** A thought may take ten minutes; where nothing ran for longer, nobody was at work. Milliseconds. */
const LONGEST_WAIT = 600_000;

/** Each time of more than ten minutes, up to `now`, in which no trial ran: a chart over time is about the others. Oldest first. */
export function breaksIn(state: StudyState, now: number): Break[] {
  const ran = [...state.ended.values()]
    .map(({ submittedAt, usage }) => ({ from: submittedAt, to: submittedAt + usage.wallSeconds * 1000 }))
    .sort((a, b) => a.from - b.from);
  const breaks: Break[] = [];
  let busyUntil = state.startedAt;
  const reach = (from: number) => {
    if (from - busyUntil > LONGEST_WAIT) breaks.push({ from: busyUntil, to: from });
  };
  for (const { from, to } of ran) {
    reach(from);
    busyUntil = Math.max(busyUntil, to);
  }
  if (state.running.size === 0) reach(now);
  return breaks;
}

/** Milliseconds from `start` to `at` without the breaks. */
export function workedUntil(at: number, start: number, breaks: readonly Break[]): number {
  let idle = 0;
  for (const { from, to } of breaks) if (from < at) idle += Math.min(at, to) - from;
  return at - start - idle;
}

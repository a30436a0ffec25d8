import type { StudyState } from '../model/study.ts';

/** Numbers that one notice lists. */
const MOST_NUMBERS = 5;

/**
 * What an engine that died at its work left under way, and what becomes of it. Nothing where the last one stopped in peace:
 * that what waits goes on then is no news.
 */
export function noticesOfDeath(state: StudyState): string[] {
  if (state.activity === 'stopped') return [];
  const { inFlight, unjudged, untried } = leftUnderWay(state);
  const parts = [
    ...part('trial ', inFlight, ['was in flight, and is run again', 'were in flight, and are run again']),
    ...part('#', unjudged, [
      'had run and had no verdict, and is judged from what the ledger has',
      'had run and had no verdict, and are judged from what the ledger has',
    ]),
    ...part('#', untried, ['had not been tried, and comes next', 'had not been tried, and come next']),
  ];
  const left = parts.length === 0 ? 'nothing was under way' : parts.join('; ');
  return [`the last engine died at its work (killed, or the machine went down): ${left}`];
}

/** By number. What runs is neither judged nor untried. */
function leftUnderWay(state: StudyState): { inFlight: number[]; unjudged: number[]; untried: number[] } {
  const inFlight: number[] = [...state.running.keys()];
  const unjudged: number[] = [];
  const untried: number[] = [];
  for (const id of state.open) {
    const trials = state.trialsOf.get(state.experiments.get(id)!.proposal.commit) ?? [];
    if (trials.some((trial) => state.running.has(trial))) continue;
    const hasEnd = trials.some((trial) => {
      const kind = state.ended.get(trial)?.outcome.kind;
      return kind !== undefined && kind !== 'fault' && kind !== 'cancelled';
    });
    (hasEnd ? unjudged : untried).push(id);
  }
  return { inFlight, unjudged, untried };
}

function part(sign: string, numbers: readonly number[], [one, many]: readonly [string, string]): string[] {
  if (numbers.length === 0) return [];
  const named = numbers.slice(0, MOST_NUMBERS).map((number) => `${sign}${number}`);
  const more = numbers.length - named.length;
  const list = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(' and ');
  return [`${list} ${numbers.length === 1 ? one : many}`];
}

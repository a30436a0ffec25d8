import type { ReportedExperiment } from '../model/event.ts';
import type { Direction } from '../model/objective.ts';
import { normalCdf } from '../statistics/distributions.ts';
import { believeLog, type ChangeBelief, type LoggedTrial } from '../statistics/logged-trials.ts';
import { afterProbability, type ProbabilityTests } from '../statistics/online-testing.ts';
import { MOST_LUCK } from './learn/worth.ts';

/** What somebody else's log is weighed with. */
export interface Scales {
  readonly direction: Direction;
  /** Standard deviation of one trial, in the metric's unit, above 0. */
  readonly sigma: number;
  /** The smallest gain that matters, in the metric's unit, above 0. */
  readonly minimumEffect: number;
}

/** Whether a keep is to be believed: `stands` by the rule of a study's own keeps, `luck` where that is the likelier. */
export type Standing = 'stands' | 'doubtful' | 'luck';

/** A kept change of a log. Gains in the metric's unit; positive is better. */
export interface RejudgedKeep {
  readonly commit: string;
  readonly description: string;
  /** Over the champion's recorded value. */
  readonly logged: number;
  readonly believed: number;
  readonly deviation: number;
  /** Chance that the change does nothing, or harm. 0 to 1. */
  readonly luck: number;
  readonly standing: Standing;
  /** Whether LORD++ rejects "no better" for it, from the logged gains alone. */
  readonly discovery: boolean;
}

/** What the log is worth. Values as the log has them. */
export interface Rejudged {
  readonly keeps: readonly RejudgedKeep[];
  /** Rows that were compared with a champion: all with a value but the first. */
  readonly compared: number;
  /** From the first row's recorded value to the last champion's, and from what the one would score on average to the other. */
  readonly gain: { readonly logged: number; readonly believed: number; readonly deviation: number };
  readonly champion: { readonly logged: number; readonly believed: number; readonly deviation: number };
  /** Discarded changes that are more likely gains than not. */
  readonly missed: readonly {
    readonly commit: string;
    readonly description: string;
    readonly luck: number;
  }[];
}

/** From this chance on, luck is the likelier. */
const RATHER_LUCK = 0.5;
/** Share of false discoveries among those of LORD++. */
export const FALSE_DISCOVERIES = 0.05;

type Row = ReportedExperiment & { readonly value: number };

/**
 * Says which keeps of a log stand whose changes were each tried once; undefined where no row has a value. The first row with a
 * value is the baseline, whatever its verdict; each later keep is the champion for the rows that follow.
 */
export function rejudge(log: readonly ReportedExperiment[], scales: Scales): Rejudged | undefined {
  const sign = scales.direction === 'minimize' ? -1 : 1;
  const rows = log.filter((row): row is Row => row.value !== undefined);
  const [first] = rows;
  if (first === undefined) return undefined;
  const trials = rows.map(
    ({ value, verdict }): LoggedTrial => ({ value: sign * value, isKept: verdict === 'keep' }),
  );
  const { changes, baseline, champion } = believeLog(trials, {
    sigma: scales.sigma,
    scale: scales.minimumEffect,
  });
  const gains = gainsOf(trials);
  const discoveries = discoveriesOf(gains, scales.sigma);
  const keeps: RejudgedKeep[] = [];
  const missed: Rejudged['missed'][number][] = [];
  for (const [index, belief] of changes.entries()) {
    const { commit, description } = rows[index + 1]!;
    const { luck } = belief;
    if (belief.kind === 'other') {
      if (luck < RATHER_LUCK) missed.push({ commit, description, luck });
      continue;
    }
    keeps.push({
      commit,
      description,
      logged: gains[index]!,
      believed: belief.gain,
      deviation: belief.deviation,
      luck,
      standing: standingOf(belief),
      discovery: discoveries.has(index + 1),
    });
  }
  const last = rows.findLast(({ verdict }) => verdict === 'keep') ?? first;
  return {
    keeps,
    compared: changes.length,
    gain: {
      logged: sign * (last.value - first.value),
      believed: champion.mean - baseline.mean,
      deviation: keeps.length === 0 ? 0 : Math.hypot(champion.deviation, baseline.deviation),
    },
    champion: { logged: last.value, believed: sign * champion.mean, deviation: champion.deviation },
    missed,
  };
}

function standingOf({ luck, gain }: ChangeBelief & { readonly kind: 'kept' }): Standing {
  if (luck >= RATHER_LUCK) return 'luck';
  return luck <= MOST_LUCK && gain > 0 ? 'stands' : 'doubtful';
}

/** Of each trial after the first, over the recorded value of the champion that it started from. */
function gainsOf(trials: readonly LoggedTrial[]): number[] {
  let best = trials[0]!.value;
  return trials.slice(1).map(({ value, isKept }) => {
    const gain = value - best;
    if (isKept) best = value;
    return gain;
  });
}

/** The comparisons, from 1 on, for which LORD++ rejects "no better": each is a difference of two single trials. */
function discoveriesOf(gains: readonly number[], sigma: number): ReadonlySet<number> {
  const none: ProbabilityTests = { tests: 0, rejected: [] };
  const tests = gains.reduce(
    (state, gain) => afterProbability(state, normalCdf(-gain / (sigma * Math.SQRT2)), FALSE_DISCOVERIES),
    none,
  );
  return new Set(tests.rejected);
}

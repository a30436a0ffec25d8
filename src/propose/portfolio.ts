import type { ExperimentId } from '../model/identity.ts';
import type { Draft } from '../model/proposal.ts';
import { createRandom, seedOf } from '../model/random.ts';
import type { Researcher } from '../model/researcher.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import { believedGain } from '../model/verdict.ts';

/** Of all thoughts each researcher has at least so many, however little it gained: what paid once may pay again. */
const LEAST_SHARE = 0.15;
/** With each further experiment of the study an earlier one counts so much less: the newest hundred or so decide. */
const FADING = 0.99;
/** A researcher begins as one that has tried so many experiments at the rate of all of them together. */
const BEGINNING = 8;
/** A dollar counts as much as so many hours of a slot. */
const HOURS_A_DOLLAR = 1;
/** Luck for the draw is another stream than that for what is drawn. */
const DRAW = 0x64726177;
/** Of an experiment that nobody knows the time of yet. */
const USUAL_HOURS = 1 / 60;

/** What a researcher brought in, and what that took: the newest counts most. */
interface Account {
  /** In the metric's unit. */
  gain: number;
  /** Of slots, with what was paid counted as time. */
  hours: number;
  experiments: number;
}

/**
 * Several researchers as one: each thought is one's, drawn with a chance in proportion to what it has gained by the hour and dollar so
 * far, none below `LEAST_SHARE`. All read the same ledger, so that what one of them found the others build on.
 *
 * @param members at least one, of different names
 */
export function createPortfolio(members: readonly Researcher[]): Researcher {
  const meanwhile = members.find((member) => member.meanwhile !== undefined)?.meanwhile;
  return {
    name: 'auto',
    ...(meanwhile === undefined ? {} : { meanwhile }),
    async propose(brief, count, signal, tell) {
      const first = members[draw(sharesOf(members, brief.state), seedOf(brief.seed, DRAW))]!;
      const drafts: Draft[] = [];
      // One that has no idea leaves its turn to the others.
      for (const member of [first, ...members.filter((other) => other !== first)]) {
        const own = await member.propose(brief, count - drafts.length, signal, tell);
        drafts.push(...own.map((draft) => ({ ...draft, researcher: draft.researcher ?? member.name })));
        if (drafts.length > 0) break;
      }
      return drafts;
    },
  };
}

/** The chance of each member to think next, in their order; they sum to 1. */
export function sharesOf(members: readonly Researcher[], state: StudyState): number[] {
  const accounts = new Map(members.map(({ name }) => [name, { gain: 0, hours: 0, experiments: 0, all: 0 }]));
  const held = new Set([...state.champions.values()].flatMap(({ stack }) => stack));
  let weight = 1;
  for (let id = state.nextExperiment - 1; id >= 1; id--) {
    const experiment = state.experiments.get(id as ExperimentId);
    const account = experiment && accounts.get(authorOf(experiment));
    if (experiment?.status !== 'judged' || account === undefined) continue;
    account.gain += weight * gainOf(experiment, held);
    account.hours += weight * hoursOf(state, experiment);
    account.experiments += weight;
    account.all += 1;
    weight *= FADING;
  }
  const paid = [...accounts].map(([name, { gain, hours, experiments, all }]): Account => {
    const dollars = state.spending.get(name)?.dollars ?? 0;
    // What was paid fades as the experiments do that it bought; where it bought none it is all lost.
    const bought = all === 0 ? dollars : (dollars * experiments) / all;
    return { gain, hours: hours + bought * HOURS_A_DOLLAR, experiments };
  });
  return inProportion(paid);
}

function authorOf({ proposal: { origin } }: Experiment): string {
  return origin.kind === 'researcher' ? origin.name : '';
}

/** What a keep is believed to have gained, while the champion holds it. */
function gainOf(experiment: Experiment, held: ReadonlySet<ExperimentId>): number {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return 0;
  if (!held.has(experiment.proposal.experiment)) return 0;
  return Math.max(0, believedGain(experiment.verdict.evidence));
}

function hoursOf(state: StudyState, { proposal }: Experiment): number {
  const trials = endedTrialsOf(state, proposal.commit);
  return trials.reduce((sum, { usage }) => sum + usage.wallSeconds, 0) / 3600;
}

function inProportion(accounts: readonly Account[]): number[] {
  const sumOf = (key: keyof Account) => accounts.reduce((sum, account) => sum + account[key], 0);
  const [gain, hours, experiments] = [sumOf('gain'), sumOf('hours'), sumOf('experiments')];
  const usual = hours > 0 ? hours / experiments : USUAL_HOURS;
  const rate = hours > 0 ? gain / hours : 0;
  // While nothing was gained all are alike.
  const rates = accounts.map((own) =>
    rate === 0 ? 1 : (own.gain + rate * usual * BEGINNING) / (own.hours + usual * BEGINNING),
  );
  const total = rates.reduce((sum, one) => sum + one, 0);
  const least = Math.min(LEAST_SHARE, 1 / accounts.length);
  return rates.map((one) => least + ((1 - least * accounts.length) * one) / total);
}

function draw(shares: readonly number[], seed: number): number {
  let rest = createRandom(seed)();
  const index = shares.findIndex((share) => {
    rest -= share;
    return rest < 0;
  });
  return index === -1 ? shares.length - 1 : index;
}

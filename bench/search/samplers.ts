import { JUDGES } from '../../src/engine/judges.ts';
import { createRandom, seedOf } from '../../src/model/random.ts';
import { methodOf } from '../../src/propose/search/signature.ts';
import { createSearch } from '../../src/propose/search.ts';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { type Played, play, type Sources } from './played-study.ts';

export const VARIANTS = ['plain', 'noisy', 'crashing'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Of the extent of a function's values: the noise of a trial, and what is worth keeping under it. */
const NOISE = 0.05;
const EFFECT_UNDER_NOISE = 0.005;
const EFFECT = 1e-9;
/** Share of the space whose trials crash: a corner, as where a rate and a width are both too large. */
const CRASHES = 0.3;

export interface Run {
  /** Champion's true value above the least there is, after each trial. */
  readonly regrets: readonly number[];
  /** Milliseconds a proposal. */
  readonly thinking: number;
  /** Proposals, keeps and crashes by method. */
  readonly methods: ReadonlyMap<string, { proposed: number; kept: number; crashed: number }>;
}

/** A study of a lab whose editable file holds the coordinates of a test function, from a start drawn within its ranges. */
export async function sample(name: string, variant: Variant, seed: number, trials: number): Promise<Run> {
  const test = FUNCTIONS[name]!;
  const crashes = variant === 'crashing' ? cornerOf(test) : () => false;
  const sources = new Map([['point.ts', fileOf(test, startOf(test, crashes, seed))]]);
  const luck = createRandom(seedOf(seed, 2));
  const sigma = variant === 'noisy' ? NOISE * test.extent : 0;
  const played = await play(
    {
      sources,
      objective: {
        name: 'value',
        unit: '',
        direction: 'minimize',
        minimumEffect: variant === 'noisy' ? EFFECT_UNDER_NOISE * test.extent : EFFECT,
      },
      deterministic: variant !== 'noisy',
      seed,
      score: (texts) => {
        const at = pointIn(texts);
        return crashes(at) ? undefined : test.value(at) + sigma * normal(luck);
      },
      researcher: createSearch(),
      judge: JUDGES.posterior,
    },
    trials,
  );
  const regrets = played.champions.map((champion) => test.value(pointIn(champion)) - test.least);
  return { regrets, thinking: played.thinking, methods: methodsOf(played) };
}

/** The corner where the first two coordinates are large together, as far in as takes its share of the space. */
function cornerOf({ ranges }: TestFunction): (at: readonly number[]) => boolean {
  const share = (at: readonly number[]) => {
    const [[low, high], [lowNext, highNext]] = [ranges[0]!, ranges[1]!];
    return ((at[0]! - low) / (high - low) + (at[1]! - lowNext) / (highNext - lowNext)) / 2;
  };
  // Of the mean of two uniform numbers beyond one half: 2 (1 - x)^2.
  const reach = 1 - Math.sqrt(CRASHES / 2);
  return (at) => share(at) > reach;
}

function startOf(
  { ranges }: TestFunction,
  crashes: (at: readonly number[]) => boolean,
  seed: number,
): number[] {
  const random = createRandom(seedOf(seed, 1));
  for (;;) {
    const at = ranges.map(([low, high]) => Number((low + random() * (high - low)).toFixed(3)));
    if (!crashes(at)) return at;
  }
}

function fileOf({ ranges }: TestFunction, at: readonly number[]): string {
  const lines = at.map((x, axis) => {
    const [low, high] = ranges[axis]!;
    return `export const x${axis} = ${x}; // ratchet: ${low}..${high}\n`;
  });
  return lines.join('');
}

function pointIn(sources: Sources): number[] {
  return [...sources.get('point.ts')!.matchAll(/ = (.*);/g)].map(([, value]) => Number(value));
}

/** A draw from the standard normal distribution (Box and Muller, 1958). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const MODULES = 4;
const CHOICES = ['a', 'b', 'c', 'd', 'e'];

/** Trials until all of four modules have the one right choice of five; undefined where `trials` were not enough. */
export async function solveModules(seed: number, trials: number): Promise<number | undefined> {
  const random = createRandom(seedOf(seed, 3));
  const draw = () => Array.from({ length: MODULES }, () => CHOICES[Math.floor(random() * CHOICES.length)]!);
  const [right, start] = [draw(), draw()];
  const lines = start.map((choice, index) => `export const module${index}: Choice = '${choice}';\n`);
  const text = [`type Choice = ${CHOICES.map((choice) => `'${choice}'`).join(' | ')};\n`, ...lines].join('');
  const hitsIn = (sources: Sources) =>
    [...sources.get('modules.ts')!.matchAll(/: Choice = '(.)'/g)].filter(
      ([, choice], index) => choice === right[index],
    ).length;
  const { champions } = await play(
    {
      sources: new Map([['modules.ts', text]]),
      objective: { name: 'hits', unit: '', direction: 'maximize', minimumEffect: 0.5 },
      deterministic: true,
      seed,
      score: hitsIn,
      researcher: createSearch(),
      judge: JUDGES.posterior,
    },
    trials,
  );
  const index = champions.findIndex((champion) => hitsIn(champion) === MODULES);
  return index === -1 ? undefined : index + 1;
}

function methodsOf({ state }: Played): Run['methods'] {
  const methods = new Map<string, { proposed: number; kept: number; crashed: number }>();
  for (const [, experiment] of state.experiments) {
    const method = methodOf(experiment.proposal.edit);
    const record = methods.get(method) ?? { proposed: 0, kept: 0, crashed: 0 };
    methods.set(method, record);
    record.proposed++;
    if (experiment.status !== 'judged') continue;
    if (experiment.verdict.kind === 'keep') record.kept++;
    if (experiment.verdict.kind === 'crash') record.crashed++;
  }
  return methods;
}

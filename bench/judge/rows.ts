import { oracle } from './oracle.ts';
import type { Policy } from './policy.ts';
import { product } from './product.ts';
import { confident, greedy, twoSigma } from './recorded.ts';
import { twoTier } from './two-tier.ts';
import { type Setting, World } from './world.ts';

const USUAL: Setting = {
  sigma: 0.001,
  correlation: 0,
  noise: 'normal',
  good: 0.03,
  gains: [0.0005, 0.01],
  supply: Number.POSITIVE_INFINITY,
  minimumEffect: 0.0005,
};

/** Standard deviations and shares of good ideas, and what departs from the usual one in one thing each. */
export const ROWS: Readonly<Record<string, Partial<Setting>>> = {
  'sigma .0005, 3% good': { sigma: 0.0005 },
  'sigma .0005, 8% good': { sigma: 0.0005, good: 0.08 },
  'sigma .0005, 15% good': { sigma: 0.0005, good: 0.15 },
  'sigma .001, 3% good': {},
  'sigma .001, 8% good': { good: 0.08 },
  'sigma .001, 15% good': { good: 0.15 },
  'sigma .002, 3% good': { sigma: 0.002 },
  'sigma .002, 8% good': { sigma: 0.002, good: 0.08 },
  'sigma .002, 15% good': { sigma: 0.002, good: 0.15 },
  'small effects, sigma .0005, 8%': { sigma: 0.0005, good: 0.08, gains: [0.0002, 0.002] },
  // As in the public night of 125 experiments: a median gain of .0005, and 28 in all.
  'a supply that runs dry, sigma .0005': { sigma: 0.0005, good: 0.15, gains: [0.0002, 0.004], supply: 28 },
  't3 noise, sigma .001, 8%': { good: 0.08, noise: 't3' },
  'shared seeds .75, sigma .001, 8%': { good: 0.08, correlation: 0.75 },
};

export const POLICIES: Readonly<Record<string, Policy>> = {
  greedy: greedy('none'),
  'best/MAD >= 2': confident('none'),
  'two sigma': twoSigma('none'),
  'two-tier': twoTier('none'),
  Ratchet: product('none'),
  oracle: oracle('none'),
  'greedy, plain stop': greedy('plain'),
  'best/MAD >= 2, plain stop': confident('plain'),
  'two sigma, plain stop': twoSigma('plain'),
  'two-tier, plain stop': twoTier('plain'),
  'Ratchet, plain stop': product('plain'),
  'two-tier, own stop': twoTier('own'),
  'Ratchet, own stop': product('own'),
  'Ratchet, short trials': product('short trials'),
  'oracle, stop': oracle('plain'),
};

/** Means over studies; gains in thousandths of the metric's unit. */
export interface Outcome {
  readonly gain: number;
  /** Standard error of that mean. */
  readonly error: number;
  readonly falseKeeps: number;
  readonly trueKeeps: number;
  readonly certified: number;
  readonly falseCertificates: number;
  /** Mean distance of what the policy says of its champion from the truth, in standard deviations of a trial. */
  readonly misstated: number;
  /** By how much it says too much, on average, in the same unit. */
  readonly overstated: number;
  readonly hypotheses: number;
}

/** Plays one policy in `studies` studies of one row, each of `slots` slots. */
export function outcomeOf(row: string, policy: string, slots: number, studies: number): Outcome {
  const setting = { ...USUAL, ...ROWS[row] };
  const plays = Array.from({ length: studies }, (_, index) => {
    const world = new World(setting, slots, index + 1);
    const { value, certified } = POLICIES[policy]!(world);
    return { world, certified, beyond: (value - world.champion) / setting.sigma };
  });
  const mean = (value: (play: (typeof plays)[number]) => number) =>
    plays.reduce((sum, play) => sum + value(play), 0) / studies;
  const gain = mean(({ world }) => 1000 * world.champion);
  const squares = mean(({ world }) => (1000 * world.champion - gain) ** 2);
  return {
    gain,
    error: Math.sqrt(squares / Math.max(1, studies - 1)),
    falseKeeps: mean(({ world }) => world.falseKeeps),
    trueKeeps: mean(({ world }) => world.trueKeeps),
    certified: mean(({ certified }) => certified.length),
    falseCertificates: mean(({ certified }) => certified.filter((effect) => effect <= 0).length),
    misstated: mean(({ beyond }) => Math.abs(beyond)),
    overstated: mean(({ beyond }) => beyond),
    hypotheses: mean(({ world }) => world.hypotheses),
  };
}

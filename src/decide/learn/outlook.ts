import type { EffectPrior } from '../../statistics/effects.ts';
import type { Noise } from '../../statistics/noise.ts';
import type { Glance, Outlook } from './looks.ts';
import { type Plan, planOf, rateOf } from './plan.ts';
import { precisionOf } from './worth.ts';

/** What an outlook is made of. */
interface Known {
  readonly noise: Noise;
  readonly prior: EffectPrior;
  /** An effect that matters, in the metric's unit. */
  readonly scale: number;
  readonly glances: readonly Glance[];
}

/** Steps to an octave in which variances and rates are told: nearly equal ones share their plan. */
const STEPS = 8;
const outlooks = new WeakMap<EffectPrior, Map<string, Outlook>>();

/** What a new idea meets, against a champion of so many trials. */
export function outlookOf({ noise, prior, scale, glances }: Known, champions: number): Outlook {
  const { own, left, freedom } = precisionOf(noise, champions);
  const inSteps = (variance: number) => stepped(variance, scale ** 2);
  const outlook: Outlook = {
    prior,
    scale,
    precision: { own: inSteps(own), left: inSteps(left), freedom: Math.round(freedom) },
    glances: glances.map((glance) => ({ ...glance, variance: inSteps(glance.variance) })),
  };
  const foretold = outlook.glances.flatMap((glance) => Object.values(glance));
  const key = [...Object.values(outlook.precision), ...foretold].join('/');
  return entryOf(
    entryOf(outlooks, prior, () => new Map<string, Outlook>()),
    key,
    () => outlook,
  );
}

/** A value above 0 to the nearest eighth of an octave of the unit; 0 stays 0. */
function stepped(value: number, unit: number): number {
  return value === 0 ? 0 : unit * 2 ** (Math.round(Math.log2(value / unit) * STEPS) / STEPS);
}

const rates = new WeakMap<Outlook, number>();

/** What new ideas earn a slot under the plan that is best for them, in the metric's unit; 0 or more. */
export function rateOfNewIdeas(outlook: Outlook): number {
  return entryOf(rates, outlook, () => rateOf(outlook));
}

const plans = new WeakMap<Outlook, Map<number, Plan>>();

/** @param rate what a slot earns elsewhere, above 0 */
export function planAt(outlook: Outlook, rate: number): Plan {
  const near = stepped(rate, Math.sqrt(outlook.precision.own));
  return entryOf(
    entryOf(plans, outlook, () => new Map<number, Plan>()),
    near,
    () => planOf(outlook, near),
  );
}

interface Store<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function entryOf<Key, Value>(store: Store<Key, Value>, key: Key, make: () => Value): Value {
  const known = store.get(key);
  if (known !== undefined) return known;
  const made = make();
  store.set(key, made);
  return made;
}

/** How long a trial trains: for about so many CPU-seconds, or, when a trial is replayed, for exactly so many steps. */
export type Duration =
  | { readonly kind: 'budget'; readonly cpuSeconds: number }
  | { readonly kind: 'steps'; readonly steps: number };

/** What the engine decides about a trial, and the candidate cannot. */
export interface Conditions {
  readonly seed: number;
  readonly duration: Duration;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads RATCHET_SEED, RATCHET_BUDGET (CPU-seconds, above 0) and RATCHET_STEPS (whole, from 1), which overrides the
 * budget. By hand, without them: seed 1 and 20 CPU-seconds.
 *
 * @throws Error naming the variable and its mend.
 */
export function readConditions(environment: Environment): Conditions {
  const seed = read(environment, 'RATCHET_SEED', isWhole, 'a whole number from 0') ?? 1;
  const steps = read(environment, 'RATCHET_STEPS', (n) => isWhole(n) && n > 0, 'a whole number from 1');
  if (steps !== undefined) return { seed, duration: { kind: 'steps', steps } };
  const cpuSeconds = read(environment, 'RATCHET_BUDGET', (n) => n > 0, 'CPU-seconds above 0') ?? 20;
  return { seed, duration: { kind: 'budget', cpuSeconds } };
}

const isWhole = (value: number) => Number.isSafeInteger(value) && value >= 0;

function read(
  environment: Environment,
  name: string,
  accepts: (value: number) => boolean,
  expected: string,
): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || !accepts(value)) throw new Error(`${name} is "${text}"; give ${expected}`);
  return value;
}

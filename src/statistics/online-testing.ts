/**
 * Tests that come one after another without end, with the share of false discoveries among all discoveries held down. Each step is a
 * fold: the state before, one result, the state after.
 */

/** Share of the error that test `index` from 1 on may spend; sums to 1 (Javanmard and Montanari, 2018, as in onlineFDR). */
function spending(index: number): number {
  const log = Math.log(index);
  return (0.07720838 * Math.max(log, Math.LN2)) / (index * Math.exp(Math.sqrt(log)));
}

export interface EvidenceTests {
  /** Tests that ended so far. */
  readonly tests: number;
  readonly rejections: number;
}

export const NO_TESTS: EvidenceTests = { tests: 0, rejections: 0 };

/**
 * ln of the e-value that the next test needs so that at most a share `alpha` of all rejections is false on average, however
 * the tests depend on each other (e-LOND; Xu and Ramdas, 2024).
 */
export function neededLogE({ tests, rejections }: EvidenceTests, alpha: number): number {
  return -Math.log(alpha * spending(tests + 1) * (rejections + 1));
}

/** The state after a test that ended with evidence `logE`; it rejected if `rejections` has grown. */
export function afterEvidence(state: EvidenceTests, logE: number, alpha: number): EvidenceTests {
  const isRejected = logE >= neededLogE(state, alpha);
  return { tests: state.tests + 1, rejections: state.rejections + (isRejected ? 1 : 0) };
}

export interface ProbabilityTests {
  readonly tests: number;
  /** Which tests rejected, from 1 on, ascending. */
  readonly rejected: readonly number[];
}
/** Share of alpha that LORD++ may spend before its first rejection. */
const FIRST_WEALTH = 0.1;

/** Level of the next test: LORD++ (Ramdas, Yang, Wainwright and Jordan, 2017), for p-values that are independent. */
export function nextLevel({ tests, rejected }: ProbabilityTests, alpha: number): number {
  const index = tests + 1;
  let level = FIRST_WEALTH * alpha * spending(index);
  for (const [order, at] of rejected.entries()) {
    const earned = order === 0 ? (1 - FIRST_WEALTH) * alpha : alpha;
    level += earned * spending(index - at);
  }
  return level;
}

/** The state after a test with p-value `p`. */
export function afterProbability(state: ProbabilityTests, p: number, alpha: number): ProbabilityTests {
  const index = state.tests + 1;
  const isRejected = p <= nextLevel(state, alpha);
  return { tests: index, rejected: isRejected ? [...state.rejected, index] : state.rejected };
}

import type { ExperimentId } from './identity.ts';
import type { StudyState } from './study.ts';
import { believedGain, type Comparison, errorOfGain, type Verdict } from './verdict.ts';

/** What became of a change, as far as it can be told from luck. */
export type Effect =
  | { readonly kind: 'better' | 'perhaps better' | 'worse' | 'perhaps worse'; readonly gain: number }
  | { readonly kind: 'no difference' }
  | { readonly kind: 'broken'; readonly word: 'crashed' | 'ran out of time' | 'gave no valid score' }
  | { readonly kind: 'undecided' };

/** Standard errors beyond which a gain, or a loss, is said without a "perhaps". */
const CLEAR = 2;

export function effectOf(state: StudyState, id: ExperimentId, verdict: Verdict): Effect {
  switch (verdict.kind) {
    case 'keep': {
      const gain = creditedGain(state, id, verdict.evidence);
      return gain > 0 ? { kind: 'better', gain } : { kind: 'no difference' };
    }
    case 'discard':
      return discarded(verdict.evidence, state.study.objective.minimumEffect);
    case 'crash':
      return { kind: 'broken', word: 'crashed' };
    case 'timeout':
      return { kind: 'broken', word: 'ran out of time' };
    case 'invalid':
      return { kind: 'broken', word: 'gave no valid score' };
    case 'inconclusive':
      return { kind: 'undecided' };
    default:
      return verdict satisfies never;
  }
}

/** By its certificate, else as far as its verdict believed it. A change that was kept for its simplicity gained nothing. */
export function creditedGain(state: StudyState, id: ExperimentId, evidence: Comparison): number {
  const certificate = state.certificates.findLast(({ of }) => of.kind === 'change' && of.experiment === id);
  if (certificate) return certificate.effect.value;
  return evidence.size === undefined ? believedGain(evidence) : 0;
}

function discarded(evidence: Comparison, minimumEffect: number): Effect {
  const { gain } = evidence;
  const error = errorOfGain(evidence);
  const size = Math.abs(gain);
  if (size === 0 || size < Math.max(error, minimumEffect)) return { kind: 'no difference' };
  const isClear = size >= CLEAR * error;
  // What is clearly better is kept: a discard that looks so was shown to be luck, or was stopped before it could be shown.
  if (gain > 0) return { kind: 'perhaps better', gain };
  return { kind: isClear ? 'worse' : 'perhaps worse', gain };
}

/** A discard that looked better by more than luck usually makes of nothing. */
export interface NearMiss {
  readonly experiment: ExperimentId;
  readonly effect: Effect & { readonly kind: 'perhaps better' };
  /** What can be expected of it, in the metric's unit: less than was measured or foretold. */
  readonly believed: number;
}

/** What a lead at the beginning of a trial is worth of a gain at its end. */
const OF_A_FORECAST = 1 / 3;

/** The most believable first. */
export function nearMissesOf(state: StudyState): NearMiss[] {
  const misses = [...state.experiments].flatMap(([experiment, standing]): NearMiss[] => {
    if (standing.status !== 'judged' || standing.verdict.kind !== 'discard') return [];
    const { verdict } = standing;
    const effect = effectOf(state, experiment, verdict);
    if (effect.kind !== 'perhaps better') return [];
    return [
      {
        experiment,
        effect: { kind: effect.kind, gain: effect.gain },
        believed: expectedOf(verdict.evidence),
      },
    ];
  });
  return misses.sort((a, b) => b.believed - a.believed || b.experiment - a.experiment);
}

function expectedOf({ gain, basis }: Comparison): number {
  switch (basis?.kind) {
    case 'posterior':
      return (1 - basis.luck) * gain;
    case 'forecast':
      return OF_A_FORECAST * gain;
    default:
      return gain;
  }
}

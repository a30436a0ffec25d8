import type { EventOf } from '../model/event.ts';
import type { Proposal } from '../model/proposal.ts';
import type { EndedTrial, Outcome, Trial } from '../model/trial.ts';
import type { Comparison, Verdict } from '../model/verdict.ts';

/*
 * What a state holds of an event, for as long as its study is open. An event as it was read would do, at three times the memory:
 * each has its own copy of what repeats a thousand times, and keys that nobody asks for again. Written out key by key, since V8 gives
 * an object of known keys half the space of one that it sees growing. Where a type gets another key the compiler asks for it here.
 */

/** What is left of a part once all that is held was taken out of it. */
type Nothing = Record<string, never>;

export function heldProposal({ kind: _, ...proposal }: EventOf<'proposal-add'>): Proposal {
  const { experiment, hypothesis, category, origin, edit, parent, commit, expectedGain, size, ...rest } =
    proposal;
  rest satisfies Nothing;
  return {
    experiment,
    hypothesis,
    category: heldOnce(category),
    origin: heldOnce(origin),
    edit,
    parent: heldOnce(parent),
    commit: heldOnce(commit),
    ...(expectedGain === undefined ? {} : { expectedGain }),
    ...(size === undefined ? {} : { size: { before: size.before, after: size.after } }),
  };
}

export function heldTrial({ kind: _, ...request }: EventOf<'trial-submit'>, submittedAt: number): Trial {
  const commit = heldOnce(request.commit);
  return { ...request, commit, conditions: heldOnce(request.conditions), submittedAt };
}

type End = Pick<EndedTrial, 'outcome' | 'usage' | 'curve'>;

/** Without its job: nobody looks for it any more. */
export function heldEnd(submitted: Trial, { outcome, usage, curve }: End): EndedTrial {
  const { trial, commit, purpose, seed, slot, conditions, submittedAt, steps, switchedOff, job, ...rest } =
    submitted;
  const { wallSeconds, cpuSeconds, peakMemoryBytes, ...restOfUsage } = usage;
  rest satisfies Nothing;
  restOfUsage satisfies Nothing;
  return {
    trial,
    commit,
    purpose: heldOnce(purpose),
    seed,
    slot,
    conditions,
    submittedAt,
    outcome: heldOutcome(outcome),
    usage: { wallSeconds, cpuSeconds, peakMemoryBytes },
    curve: curve.length === 0 ? NO_CURVE : curve,
    ...(steps === undefined ? {} : { steps }),
    ...(switchedOff === undefined ? {} : { switchedOff }),
  };
}

const NO_CURVE: EndedTrial['curve'] = [];
const NO_METRICS: Readonly<Record<string, number>> = {};

function heldOutcome(outcome: Outcome): Outcome {
  if (outcome.kind !== 'completed') return outcome;
  const { kind, measurement, others, steps, checks, ...rest } = outcome;
  rest satisfies Nothing;
  return {
    kind,
    measurement: { value: measurement.value, source: heldOnce(measurement.source) },
    others: Object.keys(others).length === 0 ? NO_METRICS : others,
    ...(steps === undefined ? {} : { steps }),
    ...(checks === undefined ? {} : { checks }),
  };
}

export function heldVerdict(verdict: Verdict): Verdict {
  if (verdict.kind !== 'keep' && verdict.kind !== 'discard') return verdict;
  const { kind, reason, evidence } = verdict;
  return { kind, reason, evidence: heldComparison(evidence) };
}

function heldComparison(comparison: Comparison): Comparison {
  const { candidate, parent, gain, candidateTrials, parentTrials, basis, size, ...rest } = comparison;
  rest satisfies Nothing;
  return {
    candidate,
    parent,
    gain,
    candidateTrials,
    parentTrials: heldOnce(parentTrials),
    ...(basis === undefined ? {} : { basis: basis.kind === 'seed-not-controlled' ? heldOnce(basis) : basis }),
    ...(size === undefined ? {} : { size }),
  };
}

/** So many different parts are remembered: those of the last hundred or so entries. */
const MOST_PARTS = 256;
const parts = new Map<string, unknown>();

/** The part itself, or an equal one that an entry shortly before it had. For small plain data that nobody writes to. */
function heldOnce<Part>(part: Part): Part {
  const text = JSON.stringify(part);
  const held = (parts.get(text) ?? part) as Part;
  // The last again: what repeats stays, however much that does not comes in between.
  parts.delete(text);
  parts.set(text, held);
  if (parts.size > MOST_PARTS) parts.delete(parts.keys().next().value!);
  return held;
}

import { z } from 'zod';
import { BOUNDS } from '../model/bound.ts';
import { CATEGORIES } from '../model/category.ts';
import type { Commit, Digest, ExperimentId, HardwareClass, StudyId, TrialId } from '../model/identity.ts';

/** Brands exist at compile time only: the schema checks the shape, the cast gives it its name. */
function branded<Brand>(schema: z.ZodType): z.ZodType<Brand> {
  return schema as z.ZodType<Brand>;
}

const hexadecimal = (pattern: RegExp) => z.string().regex(pattern);
const text = (most: number) => z.string().max(most);
const name = z.string().min(1).max(BOUNDS.name);
/** zod takes no infinity and no NaN for a number, and only safe integers for an integer. */
const number = z.number();
const share = z.number().min(0).max(1);
/** A share of something that has begun and is not over. */
const shareWithin = z.number().positive().lt(1);
/** A deviation, an error, degrees of freedom: never below 0. */
const spread = z.number().min(0);
const count = z.int().min(0);
const seed31 = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

const commit = branded<Commit>(hexadecimal(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
export const digest = branded<Digest>(hexadecimal(/^[0-9a-f]{64}$/));
const study = branded<StudyId>(z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$/));
const experiment = branded<ExperimentId>(z.int().min(1));
const trial = branded<TrialId>(z.int().min(1));
const hardware = branded<HardwareClass>(name);

const paths = z.array(text(BOUNDS.path)).max(BOUNDS.paths).readonly();
const trials = z.array(trial).max(BOUNDS.cited).readonly();
const metrics = z
  .record(name, number)
  .refine((values) => Object.keys(values).length <= BOUNDS.metrics, `more than ${BOUNDS.metrics} metrics`);

const objective = z.strictObject({
  name,
  unit: text(BOUNDS.name),
  direction: z.enum(['minimize', 'maximize']),
  minimumEffect: z.number().min(0),
});

const budget = z.strictObject({ clock: z.enum(['wall', 'cpu']), seconds: z.number().positive() });
const exceeded = z.strictObject({ type: z.enum(['wall', 'cpu']), value: number, limit: number });
const size = z.strictObject({ before: count, after: count });
const stage = z.enum(['run', 'evaluate', 'checks']);
const reason = text(BOUNDS.reason);

const origin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('researcher'), name }),
  z.strictObject({ kind: z.literal('suggestion') }),
  z.strictObject({ kind: z.literal('merge'), of: experiment }),
]);

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('completed'),
    measurement: z.strictObject({ value: number, source: z.enum(['candidate-reported', 'evaluated']) }),
    others: metrics,
    steps: count.exactOptional(),
    checks: z.literal('passed').exactOptional(),
  }),
  z.strictObject({ kind: z.literal('crash'), stage, how: reason }),
  z.strictObject({ kind: z.literal('timeout'), stage, exceeded }),
  z.strictObject({ kind: z.literal('invalid'), reason }),
  z.strictObject({ kind: z.literal('fault'), reason }),
  z.strictObject({ kind: z.literal('cancelled'), reason }),
  z.strictObject({
    kind: z.literal('stopped'),
    forecast: z.strictObject({ progress: shareWithin, gain: number, deviation: spread }),
    reason,
  }),
]);

const basis = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('posterior'),
    mean: number,
    deviation: spread,
    luck: share,
    error: spread,
    freedom: spread,
  }),
  z.strictObject({ kind: z.literal('forecast'), progress: shareWithin, deviation: spread }),
  z.strictObject({ kind: z.literal('seed-not-controlled') }),
]);

const comparison = z.strictObject({
  candidate: number,
  parent: number,
  gain: number,
  candidateTrials: trials,
  parentTrials: trials,
  basis: basis.exactOptional(),
  size: size.exactOptional(),
});

const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep'), reason, evidence: comparison }),
  z.strictObject({ kind: z.literal('discard'), reason, evidence: comparison }),
  z.strictObject({ kind: z.literal('crash'), reason, evidence: z.strictObject({ trial, stage }) }),
  z.strictObject({ kind: z.literal('timeout'), reason, evidence: z.strictObject({ trial, exceeded }) }),
  z.strictObject({
    kind: z.literal('invalid'),
    reason,
    evidence: z.union([z.strictObject({ trial }), z.strictObject({ paths })]),
  }),
  z.strictObject({ kind: z.literal('inconclusive'), reason, evidence: z.strictObject({ trials }) }),
]);

const cause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep'), experiment }),
  z.strictObject({ kind: z.literal('merge'), experiment }),
  z.strictObject({
    kind: z.literal('withdrawal'),
    experiment,
    // The first ledgers of this version did not say why.
    reason: reason.default('no reason was recorded'),
  }),
]);

const stack = z.array(experiment).max(BOUNDS.stack).readonly();
const switchedOff = z.strictObject({ champion: commit, tossed: stack, experiments: stack });

const claim = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('change'), experiment, champion: commit }),
  z.strictObject({ kind: z.literal('stack'), champion: commit, against: commit }),
]);

const reported = z.strictObject({
  commit: name,
  value: number.exactOptional(),
  verdict: z.enum(['keep', 'discard', 'crash']),
  description: text(BOUNDS.description),
});

/** Version 1 of the event's format. Strict: an unknown key, kind or word is an error. */
export const eventV1 = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('study-start'),
    study,
    lab: z
      .string()
      .max(BOUNDS.path)
      .regex(/^(?:[^/].*\/)?$/s),
    objective,
    program: digest,
    baseline: commit,
    uncommitted: paths,
    seed: z.int(),
  }),
  z.strictObject({
    kind: z.literal('engine-start'),
    version: name,
    node: name,
    pid: z.int().min(1),
    host: name,
    slots: z.int().min(1),
    hardware,
    program: digest,
    judge: name.exactOptional(),
    confinement: z
      .strictObject({
        sandbox: z.enum(['bubblewrap', 'sandbox-exec', 'none']),
        limits: z.enum(['cgroup v1', 'cgroup v2', 'sampled']),
      })
      .exactOptional(),
  }),
  z.strictObject({ kind: z.literal('engine-stop'), reason }),
  z.strictObject({ kind: z.literal('study-pause') }),
  z.strictObject({ kind: z.literal('study-resume') }),
  z.strictObject({
    kind: z.literal('proposal-add'),
    experiment,
    hypothesis: text(BOUNDS.hypothesis),
    category: z.enum(CATEGORIES),
    origin,
    edit: text(BOUNDS.edit),
    parent: commit,
    commit,
    expectedGain: number.exactOptional(),
    size: size.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('proposal-set-aside'), experiment, reason }),
  z.strictObject({
    kind: z.literal('thought-pay'),
    researcher: name,
    calls: count,
    inputTokens: count,
    outputTokens: count,
    dollars: z.number().min(0).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('thought-fail'), researcher: name, reason }),
  z.strictObject({
    kind: z.literal('trial-submit'),
    trial,
    slot: count,
    commit,
    purpose: z.enum(['candidate', 'champion', 'noise', 'certify', 'audit', 'transfer', 'replay']),
    seed: seed31,
    steps: count.exactOptional(),
    switchedOff: switchedOff.exactOptional(),
    conditions: z.strictObject({
      hardware,
      budget,
      fidelity: z.number().positive().max(1),
      company: z.enum(['alone', 'beside others']),
      provided: digest,
    }),
    job: z.strictObject({ executor: name, key: name }),
  }),
  z.strictObject({
    kind: z.literal('trial-end'),
    trial,
    outcome,
    usage: z.strictObject({
      wallSeconds: z.number().min(0),
      cpuSeconds: z.number().min(0),
      peakMemoryBytes: z.number().min(0),
    }),
    curve: z
      .array(z.strictObject({ progress: share, values: metrics }))
      .max(BOUNDS.curve)
      .readonly(),
  }),
  z.strictObject({ kind: z.literal('verdict'), experiment, verdict }),
  z.strictObject({
    kind: z.literal('champion-move'),
    class: hardware,
    from: commit,
    to: commit,
    stack,
    cause,
  }),
  z.strictObject({ kind: z.literal('merge-conflict'), experiment, champion: commit, paths }),
  z.strictObject({ kind: z.literal('switch-conflict'), experiment, champion: commit, paths }),
  z.strictObject({
    kind: z.literal('certificate'),
    of: claim,
    method: z.enum(['switch-off', 'pairs']),
    logE: number,
    effect: z.strictObject({ value: number, low: number, high: number }),
    trials: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal('holdout-answer'),
    champion: commit,
    against: commit,
    answer: z.enum(['pass', 'fail']),
    documents: digest,
  }),
  z.strictObject({
    kind: z.literal('history-import'),
    file: text(BOUNDS.path),
    digest,
    rows: z.array(reported).max(BOUNDS.rows).readonly(),
  }),
]);

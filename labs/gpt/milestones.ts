/**
 * What made small GPTs better since 2019, and how to see in the source of `train.ts` that it is there.
 * For reports; it measures nothing.
 */
export interface Milestone {
  readonly name: string;
  readonly source: string;
  /**
   * `selected`: the baseline holds it as an alternative or a number, and a study only has to choose it.
   * `rediscovered`: it takes new code.
   */
  readonly reach: 'selected' | 'rediscovered';
  /** Whether this source, without its comments, has it. A reading of names and shapes of code, not a proof. */
  readonly isIn: (code: string) => boolean;
}

export const MILESTONES: readonly Milestone[] = [
  {
    name: 'RMSNorm',
    source: 'Zhang and Sennrich 2019',
    reach: 'selected',
    isIn: (code) => chosen(code, 'normalisation', "'rms'") ?? !/subtract\(\s*\w+,\s*mean\(/.test(code),
  },
  {
    name: 'tied embeddings',
    source: 'Press and Wolf 2017',
    reach: 'selected',
    isIn: (code) => chosen(code, 'tiedEmbeddings', 'true') ?? !/\bhead\b/.test(code),
  },
  {
    name: 'Xavier initialisation',
    source: 'Glorot and Bengio 2010',
    reach: 'selected',
    isIn: (code) => chosen(code, 'initialisation', "'xavier'") ?? /2 \/ \(inputs \+ outputs\)/.test(code),
  },
  {
    name: 'Kaiming initialisation',
    source: 'He and others 2015',
    reach: 'selected',
    isIn: (code) => chosen(code, 'initialisation', "'kaiming'") ?? /2 \/ inputs/.test(code),
  },
  {
    name: 'rotary positions',
    source: 'Su and others 2021',
    reach: 'selected',
    isIn: (code) => chosen(code, 'positions', "'rotary'") ?? /Math\.cos\(/.test(code),
  },
  {
    name: 'ReLU squared',
    source: 'So and others 2021',
    reach: 'selected',
    isIn: (code) => chosen(code, 'activation', "'relu-squared'") ?? /square\(\s*relu\(/.test(code),
  },
  {
    name: 'query-key scale',
    source: 'Henry and others 2020',
    reach: 'selected',
    isIn: (code) => holds(code, 'queryKeyScale', (scale) => scale !== 1),
  },
  {
    name: 'weight decay by group',
    source: 'Brown and others 2020',
    reach: 'selected',
    isIn: (code) => chosen(code, 'decayedGroup', "'matrices'") ?? /shape\.length/.test(code),
  },
  {
    name: 'AdamW betas',
    source: 'Brown and others 2020',
    reach: 'selected',
    isIn: (code) => holds(code, 'varianceDecay', (decay) => decay < 0.999),
  },
  {
    name: 'warm-up',
    source: 'Vaswani and others 2017',
    reach: 'selected',
    isIn: (code) => holds(code, 'warmupFraction', (fraction) => fraction > 0),
  },
  {
    name: 'cool-down',
    source: 'Zhai and others 2022',
    reach: 'selected',
    isIn: (code) => holds(code, 'cooldownFraction', (fraction) => fraction > 0),
  },
  {
    name: 'SwiGLU',
    source: 'Shazeer 2020',
    reach: 'rediscovered',
    isIn: (code) => /swiglu|\bgate[ds]?\b|multiply\(\s*(silu|activate)\(/i.test(code),
  },
  {
    name: 'QK norm',
    source: 'Henry and others 2020',
    reach: 'rediscovered',
    isIn: (code) => /(norm|rms|unit)\w*\([^;]*\b(quer(y|ies)|keys?|q|k)\b/i.test(code),
  },
  {
    name: 'Muon',
    source: 'Jordan 2024',
    reach: 'rediscovered',
    isIn: (code) => /muon|newton_?schulz|orthogonal/i.test(code),
  },
  {
    name: 'logit soft-cap',
    source: 'Gemma 2, 2024',
    reach: 'rediscovered',
    isIn: (code) => /soft_?cap|tanh\([^;]*logits|logits[^;]*tanh\(/i.test(code),
  },
];

/** The milestones that a `train.ts` has, in the table's order. */
export function milestonesIn(source: string): Milestone[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  return MILESTONES.filter((milestone) => milestone.isIn(code));
}

/** Whether a constant has this text for its value; nothing if there is no such constant any more. */
function chosen(code: string, name: string, value: string): boolean | undefined {
  const text = constantIn(code, name);
  return text === undefined ? undefined : text.replaceAll('"', "'") === value;
}

/** Whether a constant is a number of which this is true. */
function holds(code: string, name: string, accepts: (value: number) => boolean): boolean {
  const value = Number(constantIn(code, name) ?? Number.NaN);
  return Number.isFinite(value) && accepts(value);
}

function constantIn(code: string, name: string): string | undefined {
  return new RegExp(`\\bconst ${name}(?:: \\w+)? = ([^;\\n]+)`).exec(code)?.[1]?.trim();
}

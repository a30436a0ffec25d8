import type { Category } from '../../model/category.ts';

/** Words of a name, lower case: `weightDecay`, `WEIGHT_DECAY` and `weight-decay` read the same, ` weight decay `. */
export function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();
  return ` ${words} `;
}

/** The first that matches wins, so the more telling words stand first. */
const CATEGORY_WORDS: readonly (readonly [Category, RegExp])[] = [
  ['schedule', /\b(warm|cool|anneal|sched|ramp|final lr|min lr|decay steps)/],
  ['regularisation', /\b(weight decay|decayed|wd\b|dropout|drop\b|regular|smoothing|l1\b|l2\b|penalty)/],
  ['normalisation', /\b(norm|rms|layernorm|batchnorm)/],
  ['initialisation', /\b(init|deviation|std\b|stddev|kaiming|xavier|gain\b)/],
  ['activation', /\b(activat|act\b|act fn|gelu|relu|silu|swish|nonlinear)/],
  ['optimiser', /\b(lr\b|learning rate|rate\b|momentum|beta|optim|muon|adam|sgd|grad|decay\b|clip|ns steps)/],
  [
    'size',
    /\b(layer|depth|width|hidden|head (dim|width)|heads\b|n head|dim\b|size\b|embd|embed dim|batch|channels)/,
  ],
  [
    'architecture',
    /\b(position|rotary|rope|attention|tied|tie\b|bias|head|kv\b|query|key|gate|residual|window)/,
  ],
  ['data', /\b(data|sample|shuffle|augment|mix|token|corpus|split)/],
  ['numeric', /\b(eps|epsilon|precision|dtype|scale|cap\b|tolerance|threshold)/],
];

/** Guessed from the last name of a path, else from all of it; `otherwise` where the names tell nothing. */
export function categoryOf(path: string, otherwise: Category): Category {
  const own = path.slice(path.lastIndexOf('.') + 1);
  return guess(own) ?? guess(path.replace('__init__', '')) ?? otherwise;
}

function guess(name: string): Category | undefined {
  const words = wordsOf(name);
  return CATEGORY_WORDS.find(([, pattern]) => pattern.test(words))?.[0];
}

/** Whether a name speaks of a quantity between whole numbers, so that 1 may become 0.5 and 0 may become 0.1. */
export function isContinuous(name: string): boolean {
  return /\b(lr|rate|decay|fraction|frac|ratio|scale|factor|gain|temperature|temp|eps|epsilon|weight|alpha|beta|beta1|beta2|betas|gamma|lambda|cap|clip|std|deviation|dropout|probability|prob|coefficient|coef|momentum|strength|share|tolerance|threshold|opacity|penalty)\b/.test(
    wordsOf(name),
  );
}

/** Numbers that only bring luck or break the frame: a better seed is no progress. */
export function isLeftAlone(name: string): boolean {
  return /\b(seed|seeds|random state|manual seed|version|port|year|license|copyright|default rng|ignore index|exit|keepdim|ndim|verbose)\b/.test(
    wordsOf(name),
  );
}

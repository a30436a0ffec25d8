/** What a key of the front matter takes, in words and as it is written. */
export interface KeyGuide {
  readonly expects: string;
  readonly example: string;
}

const COMMAND = 'a command';

/** By dotted path; `[]` is any entry of a list, `*` any name. */
const GUIDES: Readonly<Record<string, KeyGuide>> = {
  objective: { expects: 'the name of a metric', example: 'objective: val_bpb' },
  unit: { expects: 'a text', example: 'unit: bits/byte' },
  direction: { expects: '`minimize` or `maximize`', example: 'direction: minimize' },
  minimumEffect: { expects: 'a number from 0', example: 'minimumEffect: 0.0005' },
  edit: { expects: 'a list of paths', example: 'edit: [train.ts]' },
  'edit.[]': { expects: 'a path', example: 'edit: [train.ts]' },
  provide: { expects: 'a list of paths', example: 'provide: [node_modules]' },
  'provide.[]': { expects: 'a path', example: 'provide: [node_modules]' },
  prepare: { expects: COMMAND, example: 'prepare: node prepare.ts' },
  run: { expects: COMMAND, example: 'run: node train.ts' },
  artifacts: { expects: 'a list of paths', example: 'artifacts: [model.onnx]' },
  'artifacts.[]': { expects: 'a path', example: 'artifacts: [model.onnx]' },
  evaluate: { expects: COMMAND, example: 'evaluate: node evaluate.ts' },
  budget: { expects: 'a group of keys', example: 'budget: { trial: 20s }' },
  'budget.trial': { expects: 'a duration', example: 'trial: 20s' },
  'budget.grace': { expects: 'a duration', example: 'grace: 60s' },
  'budget.screen': { expects: 'a duration above 0', example: 'screen: 5s' },
  'budget.study': { expects: 'a duration above 0', example: 'study: 8h' },
  'budget.experiments': { expects: 'a whole number from 1', example: 'experiments: 200' },
  'budget.cost': { expects: 'an amount of money', example: 'cost: $5' },
  'budget.tokens': { expects: 'a whole number from 1 up', example: 'tokens: 2000000' },
  checks: { expects: COMMAND, example: 'checks: npm test' },
  guards: { expects: 'a group of metrics', example: 'guards: { size_kb: { max: 2000 } }' },
  'guards.*': { expects: 'a group of `min` and `max`', example: 'size_kb: { max: 2000 }' },
  'guards.*.min': { expects: 'a number', example: 'min: 1' },
  'guards.*.max': { expects: 'a number', example: 'max: 2000' },
  holdout: { expects: COMMAND, example: 'holdout: node evaluate.ts --sealed' },
  sealed: { expects: 'a list of paths', example: 'sealed: [holdout-data]' },
  'sealed.[]': { expects: 'a path', example: 'sealed: [holdout-data]' },
  validation: { expects: 'a list of paths', example: 'validation: [validation.txt]' },
  'validation.[]': { expects: 'a path', example: 'validation: [validation.txt]' },
  sandbox: { expects: 'a group of keys', example: 'sandbox: { network: true }' },
  'sandbox.network': { expects: '`true` or `false`', example: 'network: true' },
  'sandbox.read': { expects: 'a list of paths', example: 'read: [/data/images]' },
  'sandbox.read.[]': { expects: 'a path', example: 'read: [/data/images]' },
  'sandbox.write': { expects: 'a list of paths', example: 'write: [/data/cache]' },
  'sandbox.write.[]': { expects: 'a path', example: 'write: [/data/cache]' },
  transfer: { expects: 'a group with `env`', example: 'transfer: { env: { DEPTH: 8 } }' },
  'transfer.env': { expects: 'a group of variables', example: 'env: { DEPTH: 8 }' },
  'transfer.env.*': { expects: 'a text or a number', example: 'DEPTH: 8' },
  resources: { expects: 'a group of keys', example: 'resources: { cpus: 1 }' },
  'resources.cpus': { expects: 'a whole number from 1', example: 'cpus: 1' },
  'resources.memory': { expects: 'an amount of memory', example: 'memory: 2GiB' },
  'resources.disk': { expects: 'an amount of disk', example: 'disk: 10GiB' },
  'resources.processes': { expects: 'a whole number from 1', example: 'processes: 512' },
  'resources.gpus': { expects: 'a whole number from 0', example: 'gpus: 0' },
  deterministic: { expects: '`true` or `false`', example: 'deterministic: false' },
};

/** The guide to the key or list entry at a path. */
export function guideTo(path: readonly (string | number)[]): KeyGuide | undefined {
  return GUIDES[guideKey(path)];
}

/** The keys that may stand directly below a path, in the order of the documentation. */
export function keysBelow(path: readonly (string | number)[]): string[] {
  const prefix = path.length === 0 ? '' : `${guideKey(path)}.`;
  return Object.keys(GUIDES)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((key) => !key.includes('.') && key !== '*' && key !== '[]');
}

const GROUPS = ['budget', 'resources', 'sandbox', 'transfer'] as const;

/** The group that a key belongs to, where it belongs to exactly one of the named groups. */
export function groupOf(key: string): (typeof GROUPS)[number] | undefined {
  return GROUPS.find((group) => Object.hasOwn(GUIDES, `${group}.${key}`));
}

function guideKey(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return '[]';
      const named = (index === 1 && path[0] === 'guards') || (index === 2 && path[0] === 'transfer');
      return named ? '*' : step;
    })
    .join('.');
}

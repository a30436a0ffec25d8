import { describe, expect, it } from 'vitest';
import { findSites } from './find.ts';
import type { Site } from './site.ts';

async function kinOf(path: string, text: string): Promise<Site[]> {
  return (await findSites(path, text)).filter(({ family }) => family === 'kin');
}

/** `relu => gelu silu` */
async function swaps(path: string, text: string): Promise<string[]> {
  return (await kinOf(path, text)).map((site) =>
    site.kind === 'choice'
      ? `${site.value} => ${site.options.map(({ text: other }) => other).join(' ')}`
      : '',
  );
}

describe('a called name', () => {
  it.each([
    ['y = F.relu(x)', 'relu => gelu silu tanh sigmoid elu selu mish softplus leaky_relu hardswish'],
    ['y = torch.tanh(x)', 'tanh => relu sigmoid selu'],
    ['y = jax.nn.gelu(x)', 'gelu => relu silu tanh sigmoid elu'],
    ['a = nn.Tanh()', 'Tanh => ReLU GELU SiLU Sigmoid ELU SELU Mish Softplus LeakyReLU Hardswish'],
    ['n = nn.LayerNorm(dim)', 'LayerNorm => RMSNorm'],
    ['n = F.rms_norm(x, (8,), weight=w, eps=1e-6)', ''],
    ['n = F.rms_norm(x, (8,), weight=w)', 'rms_norm => layer_norm'],
    ['o = torch.optim.AdamW(p, lr=0.1, betas=B)', 'AdamW => Adam NAdam RAdam Adamax'],
    ['o = optim.SGD(p, lr=0.1, momentum=0.9)', 'SGD => RMSprop'],
    [
      's = lr_scheduler.StepLR(o, 100)',
      'StepLR => CosineAnnealingLR CosineAnnealingWarmRestarts PolynomialLR',
    ],
    ['nn.init.normal_(w, std=0.02)', 'normal_ => trunc_normal_'],
    [
      'nn.init.xavier_uniform_(w)',
      'xavier_uniform_ => normal_ trunc_normal_ xavier_normal_ orthogonal_ kaiming_normal_ kaiming_uniform_',
    ],
  ])('of a known library has its kin where they take the same arguments: %s', async (text, expected) => {
    expect(await swaps('a.py', `${text}\n`)).toEqual(expected === '' ? [] : [expected]);
  });

  it.each([
    ['arguments nobody can count', 'o = torch.optim.AdamW(p, **rest)\n'],
    ['no call', 'o = torch.optim.AdamW\nact = F.relu\n'],
    ['a holder nobody knows', 'y = self.relu(x)\n'],
    ['a plain name without kin in the file', 'from ops import relu\ny = relu(x)\n'],
    ['mathematics', 'y = math.tanh(x) + np.tanh(x)\n'],
  ])('stays where there is %s', async (_, text) => {
    expect(await swaps('a.py', text)).toEqual([]);
  });

  it.each([
    ['a.py', 'from ops import relu, gelu as g, silu\ny = relu(x)\n', 'relu => silu'],
    ['a.py', 'def relu2(x):\n    return x\nfrom ops import relu\ny = relu(x)\n', 'relu => relu2'],
    ['a.ts', "import { relu, silu, tanh as t } from './ops.ts';\nconst y = relu(x);", 'relu => silu'],
    ['a.ts', 'export function gelu(x) { return x; }\nconst relu = (x) => x;\nrelu(y);', 'relu => gelu'],
    ['a.js', "import { AdamW, SGD } from 'x';\nconst o = new AdamW(p, 0.1);", 'AdamW => SGD'],
    ['a.js', 'const y = ops.relu(x), z = ops.silu;', 'relu => silu'],
  ])('stands for its kin where the file has them (%s: %s)', async (path, text, expected) => {
    expect(await swaps(path, text)).toContain(expected);
  });

  it('is not exchanged in the definition of its kin, which would call itself for ever', async () => {
    const text = [
      'function tanh(x) { return x; }',
      'function gelu(x) { return tanh(x); }',
      'const silu = (x) => tanh(x);',
    ].join('\n');
    expect(await swaps('a.ts', text)).toEqual([]);
  });

  it('is not exchanged in a branch whose name says what stands there', async () => {
    const text = [
      "import { gelu, relu } from './ops.ts';",
      "const activation: 'gelu' | 'relu' = 'gelu';",
      'function f(x) {',
      "  if (activation === 'relu') return relu(x);",
      '  return gelu(x);',
      '}',
    ].join('\n');
    expect(await swaps('a.ts', text)).toEqual(['gelu => relu']);
  });

  it('keeps its id when it is exchanged', async () => {
    const text = [
      'opt = torch.optim.AdamW(p, lr=0.1)',
      'class M(nn.Module):',
      '    def __init__(self):',
      '        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.LayerNorm(8))',
      '    def forward(self, x):',
      '        return F.relu(self.net(F.silu(x)))',
    ].join('\n');
    const before = await kinOf('a.py', text);
    expect(before.length).toBe(5);
    expect(before.map(({ category }) => category)).toEqual([
      'optimiser',
      'activation',
      'normalisation',
      'activation',
      'activation',
    ]);
    for (const site of before) {
      if (site.kind !== 'choice') throw new Error('kin are choices');
      for (const option of site.options) {
        const after = await kinOf('a.py', text.slice(0, site.start) + option.text + text.slice(site.end));
        expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      }
    }
  });
});

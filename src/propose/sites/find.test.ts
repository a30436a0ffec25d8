import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findSites } from './find.ts';
import type { Site } from './site.ts';

async function sitesOf(path: string, text: string): Promise<Map<string, Site>> {
  const sites = await findSites(path, text);
  return new Map(sites.map((site) => [site.id.slice(path.length + 1), site]));
}

function written(text: string, site: Site, option = 0): string {
  if (site.kind === 'number') throw new Error('a number has no options');
  return text.slice(0, site.start) + site.options[option]!.text + text.slice(site.end);
}

const values = (sites: Map<string, Site>) =>
  Object.fromEntries([...sites].flatMap(([id, site]) => (site.kind === 'removal' ? [] : [[id, site.value]])));

const optionsOf = (site: Site | undefined) =>
  site === undefined || site.kind === 'number' ? undefined : site.options.map((option) => option.value);

describe('numbers', () => {
  it('are found under their names', async () => {
    const text = `
      export const learningRate = 3e-4, offset = -5;
      const betas = [0.9, 0.999] as const;
      const config = { width: 1_024, nested: { depth: 3 } };
      class Model { scale = 0.5; }
      function mlp(x, factor = 4) { const hidden = 16; return call(x, { dropout: 0.1 }); }
    `;
    const sites = await sitesOf('a.ts', text);
    expect(values(sites)).toEqual({
      'number:learningRate': 3e-4,
      'number:offset': -5,
      'number:betas[0]': 0.9,
      'number:betas[1]': 0.999,
      'number:config.width': 1024,
      'number:config.nested.depth': 3,
      'number:Model.scale': 0.5,
      'number:mlp.factor': 4,
      'number:mlp.hidden': 16,
      'number:mlp.dropout': 0.1,
    });
    expect(sites.get('number:mlp.hidden')?.name).toBe('hidden in mlp()');
    expect(sites.get('number:betas[1]')?.name).toBe('betas[1]');
    expect(sites.get('number:learningRate')).toMatchObject({ prominence: 'top', category: 'optimiser' });
    expect(sites.get('number:mlp.hidden')?.prominence).toBe('local');
  });

  it('are replaced with their minus', async () => {
    const text = 'const offset = -5;';
    const site = (await sitesOf('a.ts', text)).get('number:offset')!;
    expect(text.slice(site.start, site.end)).toBe('-5');
  });

  it('are not touched in types, indices, cases, messages, seeds and bit patterns', async () => {
    const text = `
      import data from './data.json' with { version: 2 };
      type Size = 3 | 4; let pair: [number, 5];
      const seed = 42; const first = list[0]; const mask = 0xff; const big = 10n;
      switch (x) { case 7: break; }
      console.log(x.toFixed(3)); process.exit(2); createRandom(8);
    `;
    expect(values(await sitesOf('a.ts', text))).toEqual({});
  });

  it('that start a variable are no settings', async () => {
    const python = await sitesOf('a.py', 'RATE = 0.1\nstep = 0\nwhile True:\n    step += 1\n');
    expect(python.get('number:RATE')?.prominence).toBe('top');
    expect(python.get('inner-number:step')?.prominence).toBe('inner');
    const tuple = await sitesOf(
      'a.py',
      'START, END = 0.8, 0.9\nstep, rest, mean = 0, 1.0, 2.0\nstep += 1\nmean = f(mean)\n',
    );
    expect([...tuple].filter(([, site]) => site.prominence === 'top').map(([id]) => id)).toEqual([
      'number:START, END[0]',
      'number:START, END[1]',
      'number:step, rest, mean[1]',
    ]);
    const loop = await sitesOf('a.ts', 'for (let i = 0; i < n; i++) f(i);');
    expect([...loop.keys()].every((id) => !id.startsWith('number:'))).toBe(true);
  });

  it('of one constant expression belong to its name', async () => {
    const sites = await sitesOf('a.py', 'BATCH = 2**19\nHIDDEN = 4 * 256\n');
    expect(Object.keys(values(sites))).toEqual([
      'number:BATCH.right',
      'number:HIDDEN.left',
      'number:HIDDEN.right',
    ]);
  });
});

describe('booleans', () => {
  it('can be turned, but for the condition of a loop', async () => {
    const sites = await sitesOf('a.ts', 'const tied = false; while (true) { f(); }');
    expect(values(sites)).toEqual({ 'switch:tied': 'false' });
    expect(optionsOf(sites.get('switch:tied'))).toEqual(['true']);
    const python = 'TIED = False\n';
    const site = (await sitesOf('a.py', python)).get('switch:TIED')!;
    expect(written(python, site)).toBe('TIED = True\n');
  });
});

describe('alternatives', () => {
  it.each([
    ['an alias', "type A = 'x' | 'y' | 'z'; const a: A = 'x';", 'a'],
    ['an alias of aliases', "type B = 'y' | 'z'; type A = 'x' | B; const a: A = 'x';", 'a'],
    ['a union in place', 'const a: "x" | "y" | "z" = "x";', 'a'],
    ['an interface', "interface O { a: 'x' | 'y' | 'z' } const o: O = { a: 'x' };", 'o.a'],
    [
      'a nested object type',
      "type O = { p: { a: 'x' | 'y' | 'z' } }; const o: O = { p: { a: 'x' } };",
      'o.p.a',
    ],
    [
      'satisfies',
      "type O = { readonly a: 'x' | 'y' | 'z' }; const o = { a: 'x' } satisfies Readonly<O>;",
      'o.a',
    ],
    [
      'a list of constants',
      "const ALL = ['x', 'y', 'z'] as const; type A = (typeof ALL)[number]; const a: A = 'x';",
      'a',
    ],
    ['a parameter', "function f(a: 'x' | 'y' | 'z' = 'x') { return a; }", 'f.a'],
    ['a field', "class C { a: 'x' | 'y' | 'z' = 'x'; }", 'C.a'],
    ['an optional one', "const a: 'x' | 'y' | 'z' | undefined = 'x';", 'a'],
    ['a comment', "const a = 'x'; // 'x' | 'y' | 'z'", 'a'],
    ['a documented type', "/** @type {'x' | 'y' | 'z'} */\nconst a = 'x';", 'a'],
  ])('are read from %s', async (_, text, name) => {
    const site = (await sitesOf('a.ts', text)).get(`alternatives:${name}`);
    expect(site).toMatchObject({ kind: 'choice', value: 'x' });
    expect(optionsOf(site)).toEqual(['y', 'z']);
  });

  it.each([
    ['an annotation', 'from typing import Literal\na: Literal["x", "y", "z"] = "x"\n', 'a'],
    ['an alias', "A = Literal['x', 'y', 'z']\na: A = 'x'\n", 'a'],
    ['a typed alias', "A: TypeAlias = typing.Literal['x', 'y', 'z']\na: A = 'x'\n", 'a'],
    ['a type statement', "type A = Literal['x', 'y', 'z']\na: A = 'x'\n", 'a'],
    ['a dataclass', "class C:\n    a: Literal['x', 'y', 'z'] = 'x'\n", 'C.a'],
    ['a dataclass that is called', "class C:\n    a: Literal['x', 'y', 'z']\nc = C(a='x')\n", 'c.a'],
    ['a parameter', "def f(a: Literal['x', 'y', 'z'] = 'x'):\n    return a\n", 'f.a'],
    ['an optional one', "a: Literal['x', 'y'] | Literal['z'] | None = 'x'\n", 'a'],
    ['a comment', "a = 'x'  # 'x' | 'y' | 'z'\n", 'a'],
  ])('are read from %s of Python', async (_, text, name) => {
    const site = (await sitesOf('a.py', text)).get(`alternatives:${name}`);
    expect(optionsOf(site)).toEqual(['y', 'z']);
  });

  it('may be numbers', async () => {
    const site = (await sitesOf('a.ts', 'const heads: 2 | 4 | 8 = 4;')).get('alternatives:heads');
    expect(optionsOf(site)).toEqual(['2', '8']);
  });

  it('are written in the quotes that are there', async () => {
    const text = "type A = 'x' | 'y'; const a: A = \"x\";";
    const site = (await sitesOf('a.ts', text)).get('alternatives:a')!;
    expect(written(text, site)).toBe("type A = 'x' | 'y'; const a: A = \"y\";");
  });

  it('are not guessed: a plain string stays, and so does one of an open or circular type', async () => {
    const text =
      "const a = 'x'; const b: string = 'x'; type R = R | 'y'; const c: R = 'y'; const d: 'x' | string = 'x';";
    expect(values(await sitesOf('a.ts', text))).toEqual({});
  });
});

describe('removals', () => {
  const removals = async (path: string, text: string) =>
    (await findSites(path, text)).flatMap((site) =>
      site.kind === 'removal' && site.family === 'statement' ? [site.excerpt] : [],
    );

  it('take out statements of functions with their lines', async () => {
    const text = 'function f(x) {\n  x = norm(x);\n  g(x);\n  return x;\n}\n';
    const sites = (await findSites('a.ts', text)).filter((site) => site.family === 'statement');
    expect(sites.map((site) => written(text, site))).toEqual([
      'function f(x) {\n  g(x);\n  return x;\n}\n',
      'function f(x) {\n  x = norm(x);\n  return x;\n}\n',
    ]);
  });

  it('leave returns, declarations, imports, guards, messages and bodies without braces', async () => {
    const text = `
      import './x.ts';
      start();
      function f(x) {
        const y = 1;
        let z; z = 3;
        if (!x) throw new Error('no');
        if (x) g(x);
        console.log(x);
        return y;
      }
    `;
    expect(await removals('a.ts', text)).toEqual(['if (x) g(x);']);
  });

  it('leave a Python block whole: what stood alone becomes pass', async () => {
    const text = 'def f(x):\n    if x:\n        x = g(x)\n    y = 1\n    return x\n';
    const sites = (await findSites('a.py', text)).filter((site) => site.family === 'statement');
    expect(sites.map((site) => written(text, site))).toEqual([
      'def f(x):\n    y = 1\n    return x\n',
      'def f(x):\n    if x:\n        pass\n    y = 1\n    return x\n',
    ]);
  });

  it('take the semicolon of a Python statement that shares its line', async () => {
    const text = 'def f(x):\n    a(x); b(x)\n    return x\n';
    const sites = (await findSites('a.py', text)).filter((site) => site.family === 'statement');
    expect(sites.map((site) => written(text, site))).toEqual([
      'def f(x):\n    b(x)\n    return x\n',
      'def f(x):\n    a(x); \n    return x\n',
    ]);
  });

  it('take terms out of sums, products and calls that stand for them', async () => {
    const text = 'function f(a, b) { return a + b * 2; }\nconst g = (x) => multiply(2 * relu(x + 1), x);\n';
    const sites = (await findSites('a.ts', text)).filter((site) => site.family === 'term');
    const results = sites.flatMap((site) =>
      site.kind === 'removal' ? site.options.map((option) => `${site.excerpt} => ${option.text}`) : [],
    );
    expect(results).toEqual([
      'a + b * 2 => a',
      'a + b * 2 => b * 2',
      'b * 2 => b',
      'b * 2 => 2',
      'multiply(2 * relu(x + 1), x) => (2 * relu(x + 1))',
      'multiply(2 * relu(x + 1), x) => x',
      '2 * relu(x + 1) => 2',
      '2 * relu(x + 1) => relu(x + 1)',
      'relu(x + 1) => (x + 1)',
      'x + 1 => x',
      'x + 1 => 1',
    ]);
  });
});

describe('identity', () => {
  const text = `
    const rate = 0.1;
    function before(x) { return clamp(x, 0.25) * 3; }
    function f(x, y) { x = g(x, 1e-5); y = h(y, 1e-5); return x + y; }
  `;
  const ids = async (source: string) => (await findSites('a.ts', source)).map((site) => site.id);

  it('is one to a site', async () => {
    const all = await ids(text);
    expect(new Set(all).size).toBe(all.length);
  });

  it('survives edits elsewhere', async () => {
    const inF = (await ids(text)).filter((id) => /:f[.:]/.test(id));
    expect(inF.length).toBeGreaterThan(4);
    const edited = text
      .replace('const rate = 0.1;', 'const extra = 7;\nconst rate = 0.2;\n')
      .replace('function before(x) { return clamp(x, 0.25) * 3; }', '');
    expect((await ids(edited)).filter((id) => /:f[.:]/.test(id))).toEqual(inF);
  });

  it('survives edits of its neighbours in the same function', async () => {
    const second = (await findSites('a.ts', text)).find(
      (site) => text.slice(site.start - 5, site.end) === '(y, 1e-5',
    );
    expect(second).toBeUndefined();
    const numberIn = async (source: string, before: string) =>
      (await findSites('a.ts', source)).find((site) => source.slice(0, site.start).endsWith(before))?.id;
    const id = await numberIn(text, 'h(y, ');
    expect(id).toBeDefined();
    expect(await numberIn(text.replace('x = g(x, 1e-5);', ''), 'h(y, ')).toBe(id);
    expect(await numberIn(text.replace('h(y, 1e-5)', 'h(y, 2e-5)'), 'h(y, ')).toBe(id);
  });

  it('stays short however deep a value lies', async () => {
    const deep = `const a = ${'{ aVeryLongNameOfAProperty: '.repeat(60)}1${' }'.repeat(60)};`;
    const [id] = await ids(deep);
    expect(id!.length).toBeLessThan(160);
  });
});

describe('files that are not read as syntax trees', () => {
  it('give their named numbers and booleans', async () => {
    const json = await sitesOf(
      'a.json',
      '{ "rate": 0.1, "list": [1], "on": true, "seed": 3,\n"version": "1.0.0" }',
    );
    expect(values(json)).toEqual({ 'number:rate': 0.1, 'switch:on': 'true' });
    const css = await sitesOf('a.css', 'a { --gap: 1.5rem; opacity: .8; margin: 0 auto; color: #123456 }');
    expect(values(css)).toEqual({ 'number:--gap': 1.5, 'number:opacity': 0.8 });
    const yaml = await sitesOf('a.yaml', 'rate: 3e-4 # per step\nname: 3 pigs\nnested:\n  depth: 4\n');
    expect(values(yaml)).toEqual({ 'number:rate': 3e-4, 'number:depth': 4 });
  });

  it('are left alone when they are prose', async () => {
    expect(await findSites('a.md', 'rate: 3\n')).toEqual([]);
    expect(await findSites('a.html', '<p data-x="1">')).toEqual([]);
  });
});

describe('a training file in the style of karpathy/autoresearch', () => {
  it('shows every constant, switch and declared alternative', async () => {
    const text = readFileSync(new URL('../fixtures/train.py', import.meta.url), 'utf8');
    const sites = await sitesOf('train.py', text);
    const constants = [...text.matchAll(/^([A-Z][A-Z_]+) = /gm)].map((match) => match[1]!);
    expect(constants.length).toBe(15);
    const found = [...sites.keys()].join('\n');
    for (const constant of constants) expect(found).toMatch(new RegExp(`:${constant}(\\[|\\.|$)`, 'm'));
    for (const field of ['n_layer', 'dropout', 'bias', 'activation', 'norm']) {
      expect(found).toMatch(new RegExp(`:GPTConfig.${field}$`, 'm'));
    }
    expect(found).toContain('number:optimizer.lr');
    expect(found).not.toMatch(/seed|^number:step$/m);
  });
});

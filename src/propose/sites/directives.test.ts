import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCommentFaults, findSites } from './find.ts';
import type { Site } from './site.ts';

async function sitesOf(path: string, text: string): Promise<Map<string, Site>> {
  return new Map((await findSites(path, text)).map((site) => [site.id.slice(path.length + 1), site]));
}

const rangesOf = (sites: Map<string, Site>) =>
  Object.fromEntries([...sites].flatMap(([id, site]) => (site.kind === 'number' ? [[id, site.range]] : [])));

const optionsOf = (site: Site | undefined) => (site?.kind === 'choice' ? site.options : undefined);

describe('a range in a comment', () => {
  it.each([
    ['a.ts', 'const rate = 0.001; // ratchet: 1e-5..1e-1 log\n'],
    ['a.ts', 'const rate = 0.001; /* ratchet: 1e-5..1e-1 log */\n'],
    ['a.ts', '// ratchet: 1e-5..1e-1 log\nconst rate = 0.001;\n'],
    ['a.ts', 'const /* ratchet: 1e-5..1e-1 log */ rate = 0.001;\n'],
    ['a.js', 'let other = 1;\n/* ratchet: 0.00001 .. .1 log */\r\nconst rate = 0.001;\r\n'],
    ['a.py', 'rate = 1e-3  # ratchet: 1e-5..1e-1 log\n'],
    ['a.py', 'def f():\n    # ratchet: 1e-5..1e-1 log\n    rate = 1e-3\n    return rate\n'],
    ['a.yaml', 'rate: 0.001  # ratchet: 1e-5..1e-1 log\nother: 3\n'],
    ['a.toml', '# ratchet: 1e-5..1e-1 log\nrate = 0.001\nother = 3\n'],
    ['a.ini', '; ratchet: 1e-5..1e-1 log\nrate = 0.001\n'],
    ['a.jsonc', '{ "rate": 0.001, // ratchet: 1e-5..1e-1 log\n "other": 3 }\n'],
  ])('bounds the number beside or below it (%s)', async (path, text) => {
    const ranges = Object.entries(rangesOf(await sitesOf(path, text)));
    const range = { low: 1e-5, high: 0.1, scale: 'log' };
    expect(ranges.filter(([id]) => /rate$/.test(id)).map(([, found]) => found)).toEqual([range]);
    expect(ranges.filter(([id, found]) => !/rate$/.test(id) && found !== undefined)).toEqual([]);
  });

  it('is linear unless it says otherwise, and may be negative', async () => {
    const css = await sitesOf('a.css', 'a {\n  --gap: 8px; /* ratchet: -4..64 */\n  opacity: 1;\n}');
    expect(rangesOf(css)).toEqual({
      'number:--gap': { low: -4, high: 64, scale: 'linear' },
      'number:opacity': undefined,
    });
    const python = await sitesOf('a.py', 'X = 1_000  # ratchet: -2.5e3..1_000 linear\n');
    expect(rangesOf(python)).toEqual({ 'number:X': { low: -2500, high: 1000, scale: 'linear' } });
  });

  it('bounds every number of a list, and named numbers before nameless ones', async () => {
    const text = [
      'const betas = [0.9, 0.99]; // ratchet: 0.5..0.9999',
      'const y = f(0.3, { p: 0.1 }); // ratchet: 0..1',
      'let z = g(0.3); // ratchet: 0..2',
    ].join('\n');
    const bounded = Object.entries(rangesOf(await sitesOf('a.ts', text)));
    expect(bounded.map(([id, range]) => [id.split(':').slice(0, 2).join(':'), range?.high])).toEqual([
      ['number:betas[0]', 0.9999],
      ['number:betas[1]', 0.9999],
      ['inner-number:y', undefined],
      ['number:y.p', 1],
      ['inner-number:z', 2],
    ]);
  });

  it('is nothing in JSON, which has no comments', async () => {
    const sites = await sitesOf('a.json', '{ "note": "// ratchet: 0..1", "rate": 0.1 }');
    expect(rangesOf(sites)).toEqual({ 'number:rate': undefined });
  });
});

describe('`ratchet: fixed`', () => {
  it('takes out all that begins on the line', async () => {
    const text = [
      'DEPTH = 8  # ratchet: fixed',
      'WIDTH = 64',
      'def f(x):',
      '    # ratchet: fixed',
      '    x = norm(x, 0.5) + 1',
      '    x = g(x)',
      '    return x',
    ].join('\n');
    const lines = (await findSites('a.py', text)).map(({ start }) =>
      text.slice(start).split('\n')[0]!.trim(),
    );
    expect(lines.filter((line) => /DEPTH|norm/.test(line))).toEqual([]);
    expect(lines).toEqual(expect.arrayContaining(['64', 'x = g(x)']));
    expect([...(await sitesOf('a.yaml', 'a: 1 # ratchet: fixed\nb: 2\n')).keys()]).toEqual(['number:b']);
  });
});

describe('alternatives in a comment', () => {
  it.each([
    ['a.ts', "const a = 'x'; // ratchet: x | y | z", "'y' 'z'"],
    ['a.ts', 'const a = "x"; // ratchet: \'y\' | \'x\' | "z"', '"y" "z"'],
    ['a.ts', "type A = 'x' | 'y' | 'z' | 'w';\nconst a: A = 'x'; // ratchet: x | y | z", "'y' 'z'"],
    ['a.py', "# ratchet: x | y | z\na = 'x'\n", "'y' 'z'"],
    ['a.py', 'a = 16  # ratchet: 4 | 16 | 64', '4 64'],
    ['a.yaml', 'a: x  # ratchet: x | y | z\nb: q\n', 'y z'],
    ['a.toml', 'a = "x" # ratchet: x | y | z\n', '"y" "z"'],
    ['a.yaml', 'a: 16  # ratchet: 4 | 16 | 64\n', '4 64'],
    ['a.css', 'a { align-items: x; /* ratchet: x | y | z */ }', 'y z'],
  ])('may stand in place of the value, in its quotes (%s: %s)', async (path, text, written) => {
    const choices = [...(await sitesOf(path, text)).values()].filter(
      ({ family }) => family === 'alternatives',
    );
    expect(choices.map((site) => optionsOf(site)?.map((option) => option.text))).toEqual([
      written.split(' '),
    ]);
  });

  it('speak of the value that is one of them', async () => {
    const text = "const o = { a: 'x', b: 'q', c: 3 }; // ratchet: x | y";
    const ids = [...(await sitesOf('a.ts', text)).keys()];
    expect(ids).toEqual(['alternatives:o.a', 'number:o.c']);
  });
});

describe('a comment that does nothing', () => {
  it.each([
    ['1..0', 'its low end is not below its high end'],
    ['0..1 log', 'a logarithmic range lies above 0'],
    ['0..1 quick', 'it is none of'],
    ['4', 'it is none of'],
    ['fix', 'it is none of'],
    ['x | y', 'none of these values stands there'],
  ])('is told to its author, and leaves the site as it is: %s', async (said, problem) => {
    for (const [path, bare] of [
      ['a.py', 'A = 1\nB = 2'],
      ['a.yaml', 'A: 1\nB: 2'],
    ] as const) {
      const text = `${bare}  # ratchet: ${said}\n`;
      expect(await findSites(path, text)).toEqual(await findSites(path, `${bare}\n`));
      const faults = await findCommentFaults(path, text);
      expect(faults).toEqual([{ line: 2, comment: `# ratchet: ${said}`, problem: expect.any(String) }]);
      expect(faults[0]!.problem).toContain(problem);
    }
  });

  it('is one that has no number beside it or below it', async () => {
    const text = 'const a = b; // ratchet: 0..1\nconst c = 1;\n// ratchet: 0..1';
    expect((await findCommentFaults('a.ts', text)).map(({ line }) => line)).toEqual([1, 3]);
    expect(rangesOf(await sitesOf('a.ts', text))).toEqual({ 'number:c': undefined });
  });
});

describe('laws', () => {
  const line = fc.constantFrom(
    'RATE = 0.1',
    'DEPTH = 8',
    'TIED = True',
    "ACT: Literal['x', 'y'] = 'x'",
    'def f(x):\n    x = g(x, 0.5)\n    return x * 2.0',
  );

  it('a range changes no id, no value and no order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(line, fc.boolean()), { maxLength: 8 }), async (lines) => {
        const bare = lines.map(([text]) => text).join('\n');
        const said = lines.map(([text, isSaid]) => (isSaid ? `${text}  # ratchet: 0..9` : text)).join('\n');
        const shape = (sites: readonly Site[]) =>
          sites.map((site) => [site.id, site.kind === 'removal' ? '' : 'value' in site ? site.value : '']);
        expect(shape(await findSites('a.py', said))).toEqual(shape(await findSites('a.py', bare)));
      }),
      { numRuns: 60 },
    );
  });

  it('other comments say nothing', async () => {
    const other = fc
      .string({ unit: fc.constantFrom('ratchet', ':', ' ', '0..1', 'fixed', 'a | b', '-') })
      .filter((text) => !text.trim().startsWith('ratchet:'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(line, other), { maxLength: 6 }), async (lines) => {
        const text = lines.map(([code, comment]) => `${code}  # ${comment}`).join('\n');
        const bare = lines.map(([code]) => code).join('\n');
        const shape = (sites: readonly Site[]) => sites.map(({ start: _start, end: _end, ...rest }) => rest);
        expect(shape(await findSites('a.py', text))).toEqual(shape(await findSites('a.py', bare)));
        expect(await findCommentFaults('a.py', text)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

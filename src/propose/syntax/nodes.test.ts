import { describe, expect, it } from 'vitest';
import { parses, readSyntax, syntaxNodes } from './nodes.ts';

describe('syntaxNodes', () => {
  it('counts named nodes', async () => {
    // program, expression_statement, assignment_expression, identifier, number
    expect(await syntaxNodes('a.ts', 'a = 1;')).toBe(5);
    // module, expression_statement, assignment, identifier, integer
    expect(await syntaxNodes('a.py', 'a = 1\n')).toBe(5);
  });

  it.each([
    ['a.ts', 'const a = 1;\n', '// why\nconst a = 1; /* so */\n'],
    ['a.py', 'a = 1\n', '# why\na = 1  # so\n'],
  ])('does not count comments or blanks (%s)', async (path, bare, commented) => {
    expect(await syntaxNodes(path, `\n\n${commented}\n`)).toBe(await syntaxNodes(path, bare));
  });

  it('is smaller for a simpler text', async () => {
    const before = await syntaxNodes('a.ts', 'function f(x: number) { return x * 2 + 1; }');
    const after = await syntaxNodes('a.ts', 'function f(x: number) { return x * 2; }');
    expect(after).toBeLessThan(before!);
  });

  it('is undefined for a language that is not read, and for a text beyond the bound', async () => {
    expect(await syntaxNodes('a.css', 'a { color: red }')).toBeUndefined();
    expect(await syntaxNodes('Makefile', 'all:')).toBeUndefined();
    expect(await syntaxNodes('a.ts', ' '.repeat(1_000_001))).toBeUndefined();
  });
});

describe('parses', () => {
  it.each([
    ['a.ts', 'const a: number = <number>b;'],
    ['a.tsx', 'const a = <b c={1} />;'],
    ['a.js', 'const a = <b c={1} />;'],
    ['a.mjs', 'export const a = async () => await b;'],
    ['a.py', 'match a:\n    case 1:\n        pass\n'],
  ])('accepts %s', async (path, text) => {
    expect(await parses(path, text)).toBe(true);
  });

  it.each([
    ['a.ts', 'const a = ;'],
    ['a.js', 'const = 1'],
    ['a.py', 'def f(:\n'],
    ['a.py', 'a = (1\n'],
  ])('refuses %s: %s', async (path, text) => {
    expect(await parses(path, text)).toBe(false);
  });

  it('cannot tell for another language', async () => {
    expect(await parses('a.html', '<p>')).toBeUndefined();
  });
});

describe('readSyntax', () => {
  it('gives offsets into the text whatever its characters', async () => {
    const text = "const é = '😀 wide'; const after = 42;";
    const tree = await readSyntax('a.ts', text);
    const number = tree?.nodes.find((node) => node.type === 'number');
    expect(text.slice(number!.start, number!.end)).toBe('42');
  });

  it('keeps nothing of a tree in WebAssembly memory', async () => {
    const text = 'export const values = [1, 2, 3].map((value) => value * 2);\n'.repeat(100);
    for (let warmUp = 0; warmUp < 50; warmUp++) await parses('a.ts', text);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 300; round++) await parses('a.ts', text);
    const grown = process.memoryUsage().rss - before;
    // One tree of this text takes a third of a megabyte: kept, they would take 100.
    expect(grown).toBeLessThan(50e6);
  });
});

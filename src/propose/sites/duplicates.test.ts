import { describe, expect, it } from 'vitest';
import { parses } from '../syntax/nodes.ts';
import { findSites } from './find.ts';

async function duplicated(path: string, text: string): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  for (const site of await findSites(path, text)) {
    if (site.family !== 'duplicate' || site.kind !== 'choice') continue;
    for (const option of site.options) {
      const whole = text.slice(0, site.start) + option.text + text.slice(site.end);
      expect(await parses(path, whole)).toBe(true);
      written[`${site.name} ${option.value}`] = option.text;
    }
  }
  return written;
}

describe('a statement that transforms something', () => {
  it('may stand twice, on lines of its own', async () => {
    const python = 'def f(x):\n    if x:\n        x = norm(x)  # why\n    return x\n';
    expect(await duplicated('a.py', python)).toEqual({
      '`x = norm(x)` in f() twice': 'x = norm(x)\n        x = norm(x)',
    });
    const typescript = 'function f(x) {\n  x = norm(x);\n  mix(x);\n  return x;\n}\n';
    expect(await duplicated('a.ts', typescript)).toEqual({
      '`x = norm(x);` in f() twice': 'x = norm(x);\n  x = norm(x);',
      '`mix(x);` in f() twice': 'mix(x);\n  mix(x);',
    });
  });

  it('may share its line', async () => {
    const text = 'def f(x):\n    if x: x = g(x)\n    x = h(x); x = k(x)\n    return x\n';
    expect(Object.values(await duplicated('a.py', text))).toEqual([
      'x = g(x); x = g(x)',
      'x = h(x)\n    x = h(x)',
      'x = k(x); x = k(x)',
    ]);
    expect(Object.values(await duplicated('a.ts', 'function f(x) { x = g(x); return x; }'))).toEqual([
      'x = g(x); x = g(x);',
    ]);
  });

  it('may have a copy with half of its number, or twice as much', async () => {
    expect(Object.values(await duplicated('a.py', 'def f(y):\n    y *= 0.5\n    return y\n'))).toEqual([
      'y *= 0.5\n    y *= 0.5',
      'y *= 0.5\n    y *= 0.25',
      'y *= 0.5\n    y *= 1.0',
    ]);
    const whole = Object.values(await duplicated('a.ts', 'function f(y) { y = roll(1, y, 7); return y; }'));
    expect(whole).toEqual([
      'y = roll(1, y, 7); y = roll(1, y, 7);',
      'y = roll(1, y, 7); y = roll(1, y, 14);',
    ]);
  });

  it.each([
    ['counts', 'def f(i):\n    i += 1\n    return i\n'],
    [
      'ends or registers something',
      'def f(l):\n    l.backward()\n    l.register_buffer(a, b)\n    l.close()\n',
    ],
    ['shows something', 'def f(l):\n    print(l)\n'],
    ['stands outside a function', 'while True:\n    x = g(x)\n'],
    ['stands twice already', 'def f(x):\n    x = g(x, 1)\n    x = g(x, 2)\n    return x\n'],
    ['has a comment that bounds it', 'def f(x):\n    x = g(x, 1)  # ratchet: 0..3\n    return x\n'],
  ])('stays alone where it %s', async (_, text) => {
    expect(await duplicated('a.py', text)).toEqual({});
  });
});

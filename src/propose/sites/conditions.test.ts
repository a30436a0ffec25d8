import { describe, expect, it } from 'vitest';
import { findSites } from './find.ts';

/** What each number of a text depends on: `0.25: act = x y`. */
async function conditionsOf(path: string, text: string): Promise<string[]> {
  return (await findSites(path, text)).flatMap((site) => {
    if (site.kind !== 'number') return [];
    const { condition } = site;
    const name = condition?.site.replace(/^.*:/, '');
    return condition === undefined ? site.text : `${site.text}: ${name} = ${condition.values.join(' ')}`;
  });
}

const TYPESCRIPT = "const act: 'x' | 'y' | 'z' = 'x';\nconst tied = false;\n";
const PYTHON = "act: Literal['x', 'y', 'z'] = 'x'\nTIED = False\n";

describe('a site in a branch that compares a choice', () => {
  it.each([
    ["if (act === 'y') f(0.5); else f(0.25);", ['0.5: act = y', '0.25: act = x z']],
    ["if (act !== 'y') { f(0.5); } else if (o.act == 'y') { f(0.25); }", ['0.5: act = x z', '0.25: act = y']],
    [
      "if (act === 'y') f(0.5); else if (act === 'z') f(0.25); else f(3)",
      ['0.5: act = y', '0.25: act = z', '3: act = x'],
    ],
    ["const a = 'z' === act ? 0.5 : 0.25;", ['0.5: act = z', '0.25: act = x y']],
    ["if (act === 'y' && b > 3) f(0.5); else f(0.25);", ['3', '0.5: act = y', '0.25']],
    ["if (act === 'y' || act === 'z') f(0.5); else f(0.25);", ['0.5: act = y z', '0.25: act = x']],
    ['if (tied) f(0.5); else f(0.25);', ['0.5: tied = true', '0.25: tied = false']],
    ['if (!this.tied) f(0.5);', ['0.5: tied = false']],
    [
      "switch (act) { case 'x': f(0.5); case 'y': f(3); break; default: f(0.25); }",
      ['0.5: act = x', '3: act = y x', '0.25: act = z'],
    ],
    [
      "switch (o.act) { case 'x': case 'y': { f(0.5); return; } case 'z': f(3); }",
      ['0.5: act = y x', '3: act = z'],
    ],
  ])('depends on it in TypeScript: %s', async (text, expected) => {
    expect(await conditionsOf('a.ts', TYPESCRIPT + text)).toEqual(expected);
  });

  it.each([
    ["if act == 'y':\n    f(0.5)\nelse:\n    f(0.25)\n", ['0.5: act = y', '0.25: act = x z']],
    [
      "if act == 'y':\n    f(0.5)\nelif self.act == 'z':\n    f(3)\nelse:\n    f(0.25)\n",
      ['0.5: act = y', '3: act = z', '0.25: act = x'],
    ],
    ["if act in ('x', 'y'):\n    f(0.5)\nelse:\n    f(0.25)\n", ['0.5: act = x y', '0.25: act = z']],
    ['if not TIED:\n    f(0.5)\nif config.tied:\n    f(0.25)\n', ['0.5: TIED = false', '0.25: TIED = true']],
    ["a = 0.5 if act == 'y' else 0.25\n", ['0.5: act = y', '0.25: act = x z']],
    [
      "match act:\n    case 'x' | 'y':\n        f(0.5)\n    case _:\n        f(0.25)\n",
      ['0.5: act = x y', '0.25: act = z'],
    ],
  ])('depends on it in Python: %s', async (text, expected) => {
    expect(await conditionsOf('a.py', PYTHON + text)).toEqual(expected);
  });

  it.each([
    ['of another name', "if (other === 'y') f(0.5);"],
    ['with something that is no literal', 'if (act === y) f(0.5);'],
    ['of a method', 'if (act.size() === 3) g(); f(0.5);'],
    ['in its head', "if (act === 'y') g(); f(0.5);"],
  ])('depends on nothing where the comparison is %s', async (_, text) => {
    expect((await conditionsOf('a.ts', TYPESCRIPT + text)).at(-1)).toBe('0.5');
  });

  it('does not depend on a choice that shares its name with another, of another function, or that is fixed', async () => {
    const twice = `${TYPESCRIPT}const o = { act: 'x' as 'x' | 'y' };\nif (act === 'y') f(0.5);`;
    expect(await conditionsOf('a.ts', twice)).toEqual(['0.5']);
    const foreign =
      "function g(act: 'x' | 'y' = 'x') { return act; }\nfunction h(act) { if (act === 'y') f(0.5); }";
    expect(await conditionsOf('a.ts', foreign)).toEqual(['0.5']);
    const own = "function g(act: 'x' | 'y' = 'x') { if (act === 'y') f(0.5); }";
    expect(await conditionsOf('a.ts', own)).toEqual(['0.5: g.act = y']);
    const fixed = "const act: 'x' | 'y' = 'x'; // ratchet: fixed\nif (act === 'y') f(0.5);";
    expect(await conditionsOf('a.ts', fixed)).toEqual(['0.5']);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMistake, formatWarning } from './mistake.ts';
import { type ProgramReading, readProgram } from './program.ts';

const EXAMPLE = `---
objective: val_bpb            # name of the metric
unit: bits/byte
direction: minimize
minimumEffect: 0.0005
edit: [train.ts]
provide: [node_modules, data, ~/.cache/corpus, /usr/share/dict]
run: node train.ts
artifacts: [model.onnx]
evaluate: node evaluate.ts
budget: { trial: 60s, grace: 60s, study: 8h, experiments: 200, cost: $5, tokens: 2000000, proposals: 50 }
checks: npm test
guards: { peak_memory_mb: { max: 2000 } }
holdout: node evaluate.ts --sealed
sealed: [secret]
validation: [validation.txt]
sandbox: { network: true, read: [/data/images], write: [~/.cache/lab] }
resources: { cpus: 2, memory: 2GiB, disk: 4GiB, processes: 100, gpus: 1 }
deterministic: false
---
What to research, in prose.
`;

const SMALL = [
  'objective: loss',
  'direction: minimize',
  'edit: [train.ts]',
  'run: node train.ts',
  'budget: { trial: 20s }',
];

const programOf = (reading: ProgramReading) => {
  if (reading.kind === 'mistakes')
    throw new Error(reading.mistakes.map((m) => formatMistake('program.md', m)).join('\n'));
  return reading.program;
};
const mistakesOf = (text: string) => {
  const reading = readProgram(text);
  return reading.kind === 'mistakes' ? reading.mistakes : [];
};
/** The small program with one line replaced by key, or appended. Line 1 is `---`, line 2 is `objective`. */
const small = (...changes: string[]) => {
  const lines = [...SMALL];
  for (const change of changes) {
    const key = change.split(':')[0];
    const index = lines.findIndex((line) => line.startsWith(`${key}:`));
    if (index === -1) lines.push(change);
    else lines[index] = change;
  }
  return ['---', ...lines, '---', 'Prose.', ''].join('\n');
};

/** The cases of `fixtures/mistakes.md`. */
const FIXTURES = readFileSync(new URL('fixtures/mistakes.md', import.meta.url), 'utf8')
  .split('\n\n')
  .slice(1)
  .map((block) => {
    const [name = '', ...lines] = block.trimEnd().split('\n');
    return {
      name,
      changes: lines.filter((line) => line.startsWith('    ')).map((line) => line.slice(4)),
      expected: [...block.matchAll(/^- line .*\n {2}mend: .*$/gm)].map(([said]) => said),
    };
  });

describe('a program', () => {
  test('may name a larger setting, whose numbers become texts', () => {
    const text = small('transfer: { env: { DEPTH: 8, rate: 0.5, NAME: wide, _flag: "true" } }');
    expect(programOf(readProgram(text)).transfer).toEqual({
      DEPTH: '8',
      rate: '0.5',
      NAME: 'wide',
      _flag: 'true',
    });
    expect(programOf(readProgram(small())).transfer).toBeUndefined();
  });

  test('says all that its front matter says', () => {
    expect(programOf(readProgram(EXAMPLE))).toEqual({
      objective: { name: 'val_bpb', unit: 'bits/byte', direction: 'minimize', minimumEffect: 0.0005 },
      edit: ['train.ts'],
      provide: ['node_modules', 'data', '~/.cache/corpus', '/usr/share/dict'],
      validation: ['validation.txt'],
      sandbox: { network: true, read: ['/data/images'], write: ['~/.cache/lab'] },
      run: 'node train.ts',
      scoring: { kind: 'evaluated', command: 'node evaluate.ts', artifacts: ['model.onnx'] },
      trial: { clock: 'wall', seconds: 60 },
      graceSeconds: 60,
      limits: [
        { kind: 'time', seconds: 28_800 },
        { kind: 'experiments', count: 200 },
        { kind: 'cost', dollars: 5 },
        { kind: 'tokens', count: 2_000_000 },
        { kind: 'proposals', count: 50 },
      ],
      checks: 'npm test',
      guards: [{ name: 'peak_memory_mb', max: 2000 }],
      holdout: { command: 'node evaluate.ts --sealed', sealed: ['secret'] },
      resources: { cpus: 2, memory: 2 ** 31, disk: 2 ** 32, processes: 100, gpus: 1 },
      deterministic: false,
      prose: 'What to research, in prose.\n',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('needs five keys, and takes the rest as it is usually meant', () => {
    expect(programOf(readProgram(small()))).toMatchObject({
      objective: { name: 'loss', unit: '', direction: 'minimize', minimumEffect: 0 },
      provide: [],
      validation: [],
      sandbox: { network: false, read: [], write: [] },
      scoring: { kind: 'candidate-reported' },
      trial: { clock: 'wall', seconds: 20 },
      graceSeconds: 20,
      limits: [],
      guards: [],
      resources: { cpus: 1, gpus: 0 },
      deterministic: false,
    });
  });

  test('reads a smaller budget as a share of the whole one', () => {
    expect(programOf(readProgram(small('budget: { trial: 20s cpu, screen: 5s }')))).toMatchObject({
      screen: 0.25,
    });
  });

  test('of a very short trial still has ten seconds of grace', () => {
    expect(programOf(readProgram(small('budget: { trial: 2s cpu }')))).toMatchObject({
      trial: { clock: 'cpu', seconds: 2 },
      graceSeconds: 10,
    });
  });

  test('may have a byte order mark and lines that end with CR LF', () => {
    const plain = programOf(readProgram(EXAMPLE));
    const windows = programOf(readProgram(`\uFEFF${EXAMPLE.replaceAll('\n', '\r\n')}`));
    expect({ ...windows, digest: plain.digest, prose: plain.prose }).toEqual(plain);
    expect(windows.prose).toBe('What to research, in prose.\r\n');
    expect(windows.digest).not.toBe(plain.digest);
  });

  test('keeps its prose as it is, rules and all', () => {
    const prose = '\n# Title\n\n---\n\nval_bpb: 0.99\n';
    expect(programOf(readProgram(small().replace('Prose.\n', prose))).prose).toBe(prose);
  });

  test('warns of what has no effect yet, each with its line', () => {
    const reading = readProgram(EXAMPLE);
    const warnings = reading.kind === 'program' ? reading.warnings : [];
    expect(warnings.map((warning) => formatWarning('program.md', warning))).toEqual([
      expect.stringMatching(/^program\.md:18:65: `resources.gpus` is read/),
    ]);
    expect(readProgram(small())).toMatchObject({ warnings: [] });
  });
});

describe('each kind of mistake names its line and its mend', () => {
  const front = (...lines: string[]) => ['---', ...lines, '---', ''].join('\n');

  test.each(FIXTURES)('$name', ({ changes, expected }) => {
    const said = mistakesOf(small(...changes)).map(
      ({ line, problem, mend }) => `- line ${line}: ${problem}\n  mend: ${mend}`,
    );
    expect(said).not.toEqual([]);
    expect(said).toEqual(expected);
  });

  test.each<[name: string, text: string, line: number, problem: RegExp, mend: string]>([
    [
      'an empty file',
      '',
      1,
      /no front matter/,
      'write `---`, the keys and `---` above the first line; `ratchet init` does that',
    ],
    [
      'prose alone',
      '# autoresearch\n\n---\nx: 1\n',
      1,
      /no front matter/,
      'write `---`, the keys and `---` above the first line; `ratchet init` does that',
    ],
    ['empty lines above', `\n\n${small()}`, 1, /first line/, 'delete the 2 empty lines above `---`'],
    [
      'front matter left open',
      '---\nobjective: loss\nrun: x\n\nProse.\n',
      1,
      /never closed/,
      'write `---` on a line of its own after line 3',
    ],
    [
      'a front matter that is a list',
      front('- a'),
      2,
      /no keys/,
      'write one `key: value` a line, such as `objective: val_bpb`',
    ],
    ['a tab', front('objective: loss', 'budget:', '\ttrial: 20s'), 4, /a tab/, 'indent with spaces'],
    [
      'a wrong indent',
      front('objective: loss', ' direction: minimize'),
      2,
      /do not line up/,
      'indent line 3 as line 2',
    ],
    ['an alias', front('objective: &name loss', 'unit: *name'), 3, /alias/, 'write the value itself'],
    ['a tag', front('objective: !metric loss'), 2, /tag/, 'write the value itself'],
    [
      'a key twice',
      small().replace('run: node train.ts', 'run: node train.ts\nrun: node b.ts'),
      6,
      /`run` is here a second time/,
      'delete one of the two',
    ],
    [
      'a missing key',
      small().replace('direction: minimize\n', ''),
      1,
      /`direction` is missing/,
      'add `direction: minimize`',
    ],
  ])('%s', (_, text, line, problem, mend) => {
    const mistakes = mistakesOf(text);
    expect(mistakes).toContainEqual(
      expect.objectContaining({ line, problem: expect.stringMatching(problem), mend }),
    );
  });

  test('all at once, in the order of the file, in block style as well', () => {
    const text = front(
      'objectve: loss',
      'direction: down',
      'edit:',
      '  - train.ts',
      '  - ../other.ts',
      'run: node train.ts',
      'budget:',
      '  trial: 20',
      '  cost: 5',
      'guards:',
      '  size: {}',
    );
    expect(mistakesOf(text).map(({ line, problem }) => [line, problem.slice(0, 30)])).toEqual([
      [1, '`objective` is missing'],
      [2, 'unknown key `objectve`: did yo'],
      [3, '`direction` is the text `down`'],
      [6, '`edit` entry `../other.ts` lie'],
      [9, '`budget.trial`: `20` is a numb'],
      [10, '`budget.cost`: `5` is no amoun'],
      [12, 'guard `size` has no bound'],
    ]);
  });

  test('at the same line, whatever ends the lines', () => {
    const text = small('direction: down', 'evaluate: x');
    expect(mistakesOf(text.replaceAll('\n', '\r\n'))).toEqual(mistakesOf(text));
    expect(mistakesOf(`\uFEFF${text}`)).toEqual(mistakesOf(text));
  });

  test('a mistake is shown with its place and its mend', () => {
    const [mistake] = mistakesOf(small('direction: minimise'));
    expect(mistake && formatMistake('program.md', mistake)).toBe(
      'program.md:3:1: `direction` is the text `minimise`, not `minimize` or `maximize`\n  mend: write `direction: minimize`',
    );
  });

  test('front matter of more than 64 KiB is refused, not parsed', () => {
    expect(mistakesOf(small(`unit: ${'x'.repeat(70_000)}`))).toMatchObject([
      { line: 1, problem: expect.stringMatching(/65536 are read/) },
    ]);
  });

  test('in any damaged program lie within the file, and nothing is thrown', () => {
    const scrap = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '\n',
        ': ',
        '- ',
        '"',
        "'",
        '[',
        '{',
        '&a',
        '*a',
        '!',
        '%',
        '#',
        '\t',
        '---\n',
        '__proto__',
        '? ',
        '|',
      ),
    );
    const cut = fc.record({ at: fc.nat(EXAMPLE.length), length: fc.nat(12), scrap });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
        const text = cuts.reduce(
          (all, { at, length, scrap }) => all.slice(0, at) + scrap + all.slice(at + length),
          EXAMPLE,
        );
        const reading = readProgram(text);
        if (reading.kind === 'program') return;
        expect(reading.mistakes).not.toEqual([]);
        for (const { line, mend } of reading.mistakes) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
          expect(mend).not.toBe('');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

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
budget: { trial: 60s, grace: 60s, study: 8h, experiments: 200, cost: $5 }
checks: npm test
guards: { peak_memory_mb: { max: 2000 } }
holdout: node evaluate.ts --sealed
resources: { cpus: 2, memory: 2GiB, gpus: 1 }
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

describe('a program', () => {
  test('says all that its front matter says', () => {
    expect(programOf(readProgram(EXAMPLE))).toEqual({
      objective: { name: 'val_bpb', unit: 'bits/byte', direction: 'minimize', minimumEffect: 0.0005 },
      edit: ['train.ts'],
      provide: ['node_modules', 'data', '~/.cache/corpus', '/usr/share/dict'],
      run: 'node train.ts',
      scoring: { kind: 'evaluated', command: 'node evaluate.ts', artifacts: ['model.onnx'] },
      trial: { clock: 'wall', seconds: 60 },
      graceSeconds: 60,
      limits: [
        { kind: 'time', seconds: 28_800 },
        { kind: 'experiments', count: 200 },
        { kind: 'cost', dollars: 5 },
      ],
      checks: 'npm test',
      guards: [{ name: 'peak_memory_mb', max: 2000 }],
      holdout: 'node evaluate.ts --sealed',
      resources: { cpus: 2, memory: 2 ** 31, gpus: 1 },
      deterministic: false,
      prose: 'What to research, in prose.\n',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('needs five keys, and takes the rest as it is usually meant', () => {
    expect(programOf(readProgram(small()))).toMatchObject({
      objective: { name: 'loss', unit: '', direction: 'minimize', minimumEffect: 0 },
      provide: [],
      scoring: { kind: 'candidate-reported' },
      trial: { clock: 'wall', seconds: 20 },
      graceSeconds: 20,
      limits: [],
      guards: [],
      resources: { cpus: 1, gpus: 0 },
      deterministic: false,
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
      'program.md:14:1: warning: `holdout` is read, and not asked yet in this version',
      'program.md:15:23: warning: `resources.memory` is read, and not enforced yet in this version',
      expect.stringMatching(/^program\.md:15:37: warning: `resources.gpus` is read/),
    ]);
    expect(readProgram(small())).toMatchObject({ warnings: [] });
  });
});

describe('each kind of mistake names its line and its mend', () => {
  const front = (...lines: string[]) => ['---', ...lines, '---', ''].join('\n');

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
    ['a value that YAML reserves', small('unit: %'), 7, /no YAML value/, "write `unit: '%'`"],
    [
      'a command with a colon',
      small("run: sh -c 'a: b'"),
      5,
      /no YAML value/,
      `write \`run: "sh -c 'a: b'"\``,
    ],
    ['a quote left open', small('run: "node x'), 5, /never closed/, 'close it on the same line'],
    ['a bracket left open', small('edit: [a.ts, b.ts'), 4, /never closed/, 'close it on the same line'],
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
      'an unknown key',
      small('objectve: loss'),
      7,
      /unknown key `objectve`: did you mean `objective`\?/,
      'write `objective`',
    ],
    [
      'an unknown key in a group',
      small('budget: { trial: 20s, experiment: 5 }'),
      6,
      /unknown key `experiment` below `budget`: did you mean `experiments`/,
      'write `experiments`',
    ],
    [
      'an unknown key in a guard',
      small('guards: { size: { maximum: 5 } }'),
      7,
      /unknown key `maximum` below `guards.size`: did you mean `max`/,
      'write `max`',
    ],
    [
      'a key outside its group',
      small('grace: 5s'),
      7,
      /belongs below `budget`/,
      'write `budget: { grace: 60s }`',
    ],
    [
      'a key of another tool',
      small('resources: { tpus: 1, colour: red }'),
      7,
      /`colour` below `resources`/,
      'delete it; the keys are `cpus`, `memory`, `gpus`',
    ],
    [
      'a missing key',
      small().replace('direction: minimize\n', ''),
      1,
      /`direction` is missing/,
      'add `direction: minimize`',
    ],
    [
      'a missing key in a group',
      small('budget: { grace: 5s }'),
      6,
      /`budget.trial` is missing/,
      'add `trial: 20s`',
    ],
    ['an empty value', small('run:'), 5, /`run` is empty, not a command/, 'write `run: node train.ts`'],
    ['a blank command', small('run: " "'), 5, /`run` is blank/, 'write `run: node train.ts`'],
    ['a number for a text', small('unit: 5'), 7, /`unit` is `5`, not a text/, 'write `unit: bits/byte`'],
    [
      'a text for a list',
      small('edit: train.ts'),
      4,
      /`edit` is the text `train.ts`, not a list of paths/,
      'write `edit: [train.ts]`',
    ],
    [
      'a text for a truth',
      small('deterministic: yes'),
      7,
      /`deterministic` is the text `yes`/,
      'write `deterministic: false`',
    ],
    [
      'a list for a command',
      small('checks: [npm, test]'),
      7,
      /`checks` is a list/,
      'write `checks: npm test`',
    ],
    [
      'a text for a group',
      small('budget: 20s'),
      6,
      /`budget` is the text `20s`, not a group of keys/,
      'write `budget: { trial: 20s }`',
    ],
    [
      'a direction misspelt',
      small('direction: minimise'),
      3,
      /`direction` is the text `minimise`/,
      'write `direction: minimize`',
    ],
    [
      'a direction shortened',
      small('direction: max'),
      3,
      /not `minimize` or `maximize`/,
      'write `direction: maximize`',
    ],
    [
      'an effect below 0',
      small('minimumEffect: -0.1'),
      7,
      /`minimumEffect` is `-0.1`, not a number from 0/,
      'write `minimumEffect: 0.0005`',
    ],
    [
      'an effect that is no number',
      small('minimumEffect: .nan'),
      7,
      /`minimumEffect` is `NaN`/,
      'write `minimumEffect: 0.0005`',
    ],
    [
      'an endless effect',
      small('minimumEffect: .inf'),
      7,
      /`minimumEffect` is `Infinity`/,
      'write `minimumEffect: 0.0005`',
    ],
    [
      'a metric that cannot be read',
      small('objective: val bpb'),
      2,
      /no metric called `val bpb` can be read/,
      'print and write it as `val_bpb`',
    ],
    [
      'a guarded metric that cannot be read',
      small('guards: { "peak memory": { max: 5 } }'),
      7,
      /no metric called `peak memory`/,
      'print and write it as `peak_memory`',
    ],
    ['no file to edit', small('edit: []'), 4, /`edit` is an empty list/, 'write `edit: [train.ts]`'],
    [
      'an empty entry',
      small('edit: [a.ts, ""]'),
      4,
      /entry 2 of `edit` is empty/,
      'write `edit: [train.ts]`',
    ],
    [
      'an edit above the lab',
      small('edit: [../x.ts]'),
      4,
      /`..\/x.ts` lies outside the lab/,
      'name a file in the folder of `program.md`, or move `program.md` up',
    ],
    [
      'an edit that climbs out',
      small('edit: [a/../../x.ts]'),
      4,
      /outside the lab/,
      'name a file in the folder of `program.md`, or move `program.md` up',
    ],
    [
      'an absolute edit',
      small('edit: [/etc/hosts]'),
      4,
      /outside the lab/,
      'write it relative to the folder of `program.md`',
    ],
    ['an edit with backslashes', small('edit: [src\\a.ts]'), 4, /backslashes/, 'write `src/a.ts`'],
    ['an edit of the program', small('edit: [program.md]'), 4, /what is better/, 'delete this entry'],
    [
      'an edit of everything',
      small('edit: ["*"]'),
      4,
      /opens `program.md`/,
      'name the editable files one by one',
    ],
    [
      'an edit of the lab itself',
      small('edit: [./]'),
      4,
      /opens `program.md`/,
      'name the editable files one by one',
    ],
    ['an edit of the state', small('edit: [.ratchet/x]'), 4, /Ratchet or git/, 'delete this entry'],
    [
      'an edit of the evaluator',
      small('edit: [train.ts, evaluate.ts]', 'evaluate: node ./evaluate.ts', 'artifacts: [a]'),
      4,
      /could score itself/,
      'delete this entry',
    ],
    [
      'a glob over the evaluator',
      small('edit: ["**/*.ts"]', 'evaluate: node "b/my score.ts" x', 'artifacts: [a]'),
      4,
      /opens `b\/my score.ts`, which `evaluate` runs/,
      'leave `b/my score.ts` out: name the editable files one by one',
    ],
    [
      'evaluate alone',
      small('evaluate: node evaluate.ts'),
      7,
      /`evaluate` sees declared artifacts only/,
      'add `artifacts: [FILE]`, naming what `run` leaves for it',
    ],
    [
      'artifacts alone',
      small('artifacts: [model.onnx]'),
      7,
      /`artifacts` cross to `evaluate`/,
      'add `evaluate: COMMAND`, or delete `artifacts`',
    ],
    [
      'an artifact outside',
      small('artifacts: [/tmp/m]', 'evaluate: node e.ts'),
      7,
      /`artifacts` entry `\/tmp\/m` lies outside/,
      'write it relative to the folder of `program.md`',
    ],
    [
      'a provided path that is editable',
      small('edit: [data]', 'provide: [data/corpus]'),
      7,
      /read-only, and `edit` entry `data` opens it/,
      'delete one of the two entries, or make them name different paths',
    ],
    [
      'an edit below a provided path',
      small('edit: ["data/*.txt"]', 'provide: [./data]'),
      7,
      /read-only/,
      'delete one of the two entries, or make them name different paths',
    ],
    [
      'a provided path above the lab',
      small('provide: [../data]'),
      7,
      /outside the lab/,
      'write its absolute path, or one that starts with `~/`',
    ],
    [
      'a bare number for a duration',
      small('budget: { trial: 20 }'),
      6,
      /`budget.trial`: `20` is a number without a unit/,
      'write `20s`',
    ],
    [
      'a duration that is none',
      small('budget: { trial: soon }'),
      6,
      /`soon` is no duration/,
      'write `20s`, `5m`, `8h` or `1h30m`',
    ],
    [
      'cpu time for the grace',
      small('budget: { trial: 20s cpu, grace: 5s cpu }'),
      6,
      /names none/,
      'write `5s`',
    ],
    [
      'cpu time for the study',
      small('budget: { trial: 20s, study: 5m cpu }'),
      6,
      /no duration/,
      'write `20s`, `5m`, `8h` or `1h30m`',
    ],
    [
      'a study of no time',
      small('budget: { trial: 20s, study: 0s }'),
      6,
      /`budget.study` is the text `0s`, not a duration above 0/,
      'write `study: 8h`',
    ],
    [
      'half an experiment',
      small('budget: { trial: 20s, experiments: 1.5 }'),
      6,
      /`budget.experiments` is `1.5`, not a whole number/,
      'write `experiments: 200`',
    ],
    [
      'experiments as a text',
      small('budget: { trial: 20s, experiments: "50" }'),
      6,
      /is the text `50`/,
      'write `experiments: 50`',
    ],
    [
      'a cost without currency',
      small('budget: { trial: 20s, cost: 5 }'),
      6,
      /no amount of money/,
      'write `$5`',
    ],
    [
      'no cores',
      small('resources: { cpus: 0 }'),
      7,
      /`resources.cpus` is `0`, not a whole number from 1/,
      'write `cpus: 1`',
    ],
    [
      'memory without a unit',
      small('resources: { memory: 2 }'),
      7,
      /`2` has no unit/,
      'write `2GiB` or `2MiB`',
    ],
    [
      'a guard without bound',
      small('guards: { size: {} }'),
      7,
      /guard `size` has no bound/,
      'write `size: { max: 2000 }`, or `min`',
    ],
    [
      'a guard that lets nothing pass',
      small('guards: { size: { min: 5, max: 1 } }'),
      7,
      /lets nothing pass/,
      'write `size: { min: 1, max: 5 }`',
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
});

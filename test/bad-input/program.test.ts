import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasStack, ratchet } from '../command.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';

const SMALL = [
  'objective: loss',
  'direction: minimize',
  'edit: [a.ts]',
  'run: node a.ts',
  'budget: { trial: 20s }',
];

/** Every kind of mistake that a program can hold, with the lines and the mends that are printed for it. */
const CASES = readFileSync(new URL('../../src/lab/fixtures/mistakes.md', import.meta.url), 'utf8')
  .split('\n\n')
  .slice(1)
  .filter((block) => block.trim() !== '')
  .map((block) => {
    const [title = '', ...lines] = block.trim().split('\n');
    const given = lines.filter((line) => line.startsWith('    ')).map((line) => line.trim());
    const places = lines.flatMap((line) => /^- line (\d+): (.*)$/.exec(line)?.slice(1, 3).join(' ') ?? []);
    const mends = lines.flatMap((line) => /^ {2}mend: (.*)$/.exec(line)?.[1] ?? []);
    return { title, given, places, mends };
  });

const checked = async (lab: TemporaryLab, text: string | Uint8Array) => {
  lab.write('program.md', text as string);
  return ratchet(['check'], { cwd: lab.folder });
};

test('check names the line and the mend of every kind of mistake, and ends with 2', {
  timeout: 300_000,
}, async () => {
  using lab = createTemporaryLab({ git: 'uncommitted', files: { 'a.ts': '' } });
  expect(CASES.length).toBeGreaterThan(50);
  // One process a case would take a minute: every fifth goes through the command, all of them through its test in src/lab.
  for (const { title, given, places, mends } of CASES.filter((_, index) => index % 5 === 0)) {
    const { code, stdout, stderr } = await checked(lab, programWith(given));
    expect({ title, code, stdout, stack: hasStack(stderr) }).toEqual({
      title,
      code: 2,
      stdout: '',
      stack: false,
    });
    for (const place of places) {
      const [line, ...problem] = place.split(' ');
      const found = stderr
        .split('\n')
        .filter((printed) => new RegExp(`^  program\\.md:${line}(:\\d+)?: `).test(printed));
      expect(found.join('\n')).toContain(problem.join(' '));
    }
    for (const mend of mends) expect(stderr).toContain(`mend: ${mend}`);
  }
});

/** The small program with lines in place of its own, or after them. */
function programWith(changes: readonly string[]): string {
  const lines = [...SMALL];
  for (const change of changes) {
    const index = lines.findIndex((line) => line.split(':')[0] === change.split(':')[0]);
    if (index === -1) lines.push(change);
    else lines[index] = change;
  }
  return ['---', ...lines, '---', 'Prose.', ''].join('\n');
}

test('a program that is no program is a mistake like any other', async () => {
  using lab = createTemporaryLab({ git: 'uncommitted', files: { 'a.ts': '' } });
  const texts = [
    '',
    'Prose alone.\n',
    '---\n',
    '---\n---\n',
    '---\n- a\n- b\n---\n',
    Buffer.from([0x2d, 0xff, 0xfe]),
  ];
  for (const text of texts) {
    const { code, stdout, stderr } = await checked(lab, text);
    expect({ code, stdout, stack: hasStack(stderr) }).toEqual({ code: 2, stdout: '', stack: false });
    expect(stderr).toMatch(/^ratchet: (a mistake|\d+ mistakes) in program\.md:\n {2}program\.md:\d+/);
    expect(stderr).toContain('mend: ');
  }
});

test('paths that are not there are mistakes with a line and a mend', async () => {
  using lab = createTemporaryLab({ program: ['edit: [valu.mjs]', 'provide: [nowhere, ../outside]'] });
  const { code, stderr } = await ratchet(['check'], { cwd: lab.folder });
  expect(code).toBe(2);
  expect(stderr).toContain('`edit` entry `valu.mjs` finds no file');
  expect(stderr).toContain('mend: did you mean `value.mjs`?');
  expect(stderr).toContain('`provide` path `nowhere` does not exist');
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { championOn } from '../src/model/study.ts';
import { scratchFolder } from '../src/process/testing.ts';
import { ratchet } from './command.ts';
import { draftingResearcher, researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, SUM_OF_TWO } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

test('every kept win is run again and reproduces, also one that was carried over by a merge', async () => {
  using lab = createTemporaryLab(SUM_OF_TWO);
  const changes = ['a.mjs', 'b.mjs'].map((path) => [{ kind: 'write', path, content: value(5) } as const]);
  const { state } = await researchLab(lab, { researcher: draftingResearcher(changes), slots: 2 });
  const kept = [...state.experiments.values()].filter(
    (one) => one.status === 'judged' && one.verdict.kind === 'keep',
  );
  expect(kept.map(({ proposal }) => proposal.origin.kind).toSorted()).toEqual([
    'merge',
    'researcher',
    'researcher',
  ]);
  expect(championOn(state, state.engine!.hardware).stack).toHaveLength(2);
  for (const { proposal } of kept) {
    const { code, stdout, stderr } = await ratchet(['replay', `${proposal.experiment}`], { cwd: lab.folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^#${proposal.experiment} reproduces: 1 of 1 trial measured the same number again$`, 'm'),
    );
  }
});

test('a win that does not reproduce is called so, and what is left of it is told', async () => {
  const given = scratchFolder();
  const drift = join(given, 'drift');
  using lab = createTemporaryLab({ program: [`sandbox: { read: ["${given}"] }`] });
  lab.write(
    'run.mjs',
    [
      "import { existsSync, readFileSync } from 'node:fs';",
      "import { value } from './value.mjs';",
      `const drift = existsSync(${JSON.stringify(drift)}) ? readFileSync(${JSON.stringify(drift)}, 'utf8') : '0';`,
      "if (drift === 'crash') process.exit(1);",
      "console.log('score:', value + Number(drift));",
      '',
    ].join('\n'),
  );
  await researchLab(lab, { researcher: scriptedResearcher([value(8)]) });
  for (const [found, line] of [
    [
      '0.5',
      /^#1 does NOT reproduce: 0 of 1 trial .* again; it still is better than its parent, by 1\.50+ points \(2\.0+ points when it was kept\)$/m,
    ],
    [
      '3',
      /^#1 does NOT reproduce: .*; it is no better than its parent any more: worse by 1\.0+ points \(better by 2\.0+ points when it was kept\)$/m,
    ],
    [
      'crash',
      /^trial 2, replayed as \d+: FAILED, .*\n#1 does NOT reproduce: 0 of 1 trial measured the same number again$/m,
    ],
  ] as const) {
    writeFileSync(drift, found);
    const { code, stdout, stderr } = await ratchet(['replay', '1'], { cwd: lab.folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(line);
  }
});

test('a lab that tells its steps is given as many again, however many there is time for now', async () => {
  using lab = createTemporaryLab();
  lab.write(
    'run.mjs',
    [
      "import { value } from './value.mjs';",
      'const steps = Number(process.env.RATCHET_STEPS ?? Date.now() % 1e6);',
      "console.log('steps:', steps);",
      "console.log('score:', value - steps / 1e9);",
      '',
    ].join('\n'),
  );
  await researchLab(lab, { researcher: scriptedResearcher([value(8)]) });
  const { code, stdout } = await ratchet(['replay', '1'], { cwd: lab.folder });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^#1 reproduces: /m) });
});

test('what is provided now and was not when a win was recorded is told before its numbers are compared', async () => {
  using lab = createTemporaryLab({ program: ['provide: [data]'] });
  lab.write('.gitignore', 'data\n');
  lab.write('data/a.txt', 'a\n');
  await researchLab(lab, { researcher: scriptedResearcher([value(8)]) });
  lab.write('data/b.txt', 'b\n');
  const { code, stderr } = await ratchet(['replay', '1'], { cwd: lab.folder });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'note: what `provide` names is not as it was when this was recorded\n',
  });
});

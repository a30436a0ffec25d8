import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../src/engine/finding.ts';
import type { StudyEvent } from '../src/model/event.ts';
import { championOn } from '../src/model/study.ts';
import { readLedger } from '../src/record/reader.ts';
import { ratchet } from './command.ts';
import { createCrashLab, studiesOf } from './crash/crash-lab.ts';
import { startEngine } from './crash/engine.ts';
import { adjusted } from './scripted-judge.ts';
import { draftingResearcher, researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, SUM_OF_TWO, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

interface Verified {
  readonly code: number | null;
  readonly clean: boolean;
  readonly engineAtWork: boolean;
  readonly problems: readonly Finding[];
  readonly notes: readonly string[];
}

async function verify(lab: Pick<TemporaryLab, 'folder'>): Promise<Verified> {
  const { code, stdout, stderr } = await ratchet(['verify', '--json'], { cwd: lab.folder });
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

const CLEAN = { code: 0, clean: true, problems: [] };

/** A study with one keep; its id. */
async function keepOnce(lab: TemporaryLab): Promise<string> {
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([value(9)]) });
  return state.study.study;
}

test('a champion that merged, and lost a change again, has the line that the verdicts say', async () => {
  using lab = createTemporaryLab(SUM_OF_TWO);
  const changes = ['a.mjs', 'b.mjs'].map((path) => [{ kind: 'write', path, content: value(5) } as const]);
  const judge = adjusted((_, state) => {
    const { stack } = championOn(state, state.engine!.hardware);
    const experiment = stack.length > 1 ? stack[0] : undefined;
    return {
      withdrawals: experiment === undefined ? [] : [{ experiment, reason: 'no better than without it' }],
    };
  });
  const { state } = await researchLab(lab, { researcher: draftingResearcher(changes), judge, slots: 2 });
  const reading = readLedger(studiesOf(lab)[0]!.folder.ledger);
  if (reading.kind !== 'open') throw new Error(reading.kind);
  using reader = reading.reader;
  const causes = [...reader.entries()].flatMap(({ event }: { event: StudyEvent }) =>
    event.kind === 'champion-move' ? event.cause.kind : [],
  );
  expect(new Set(causes)).toEqual(new Set(['keep', 'merge', 'withdrawal']));
  expect(await verify(lab)).toMatchObject({
    ...CLEAN,
    study: state.study.study,
    compared: { moves: causes.length },
  });
});

test('an engine at work is no fault, however far it is, and is not disturbed', async () => {
  using lab = createCrashLab({ program: ['run: sleep 0.1; sh run.sh'] });
  const engine = startEngine(lab, { experiments: 1000 });
  await engine.line(/ (keep|discard) /);
  for (let look = 0; look < 3; look += 1)
    expect(await verify(lab)).toMatchObject({ ...CLEAN, engineAtWork: true });
  engine.child.kill('SIGTERM');
  expect(await engine.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await verify(lab)).toMatchObject({ ...CLEAN, engineAtWork: false, notes: [] });
});

test("a branch that is the user's for now is no fault of the study's, and is told", async () => {
  using lab = createTemporaryLab();
  const branch = `ratchet/${await keepOnce(lab)}`;
  lab.git('branch', '--force', branch, `${branch}~1`);
  expect(await verify(lab)).toMatchObject({
    code: 1,
    problems: [
      { about: 'refs', place: `refs/heads/${branch}`, problem: expect.stringMatching(/^stands at /) },
    ],
  });
  lab.git('checkout', '--quiet', branch);
  expect(await verify(lab)).toMatchObject({
    ...CLEAN,
    notes: [expect.stringContaining('is checked out in')],
  });
  lab.git('commit', '--quiet', '--allow-empty', '--message=my own');
  expect(await verify(lab)).toMatchObject({
    ...CLEAN,
    notes: [expect.stringContaining("commits that are not Ratchet's")],
  });
  lab.git('checkout', '--quiet', 'main');
  lab.git('branch', '-D', branch);
  lab.git('branch', 'ratchet');
  expect(await verify(lab)).toMatchObject({
    ...CLEAN,
    notes: [expect.stringContaining('while refs/heads/ratchet exists')],
  });
});

test('a copy that is not the ledger’s, a ref that stands elsewhere and one that nobody knows are told', async () => {
  using lab = createTemporaryLab();
  const study = await keepOnce(lab);
  const ref = (name: string) => `refs/ratchet/${study}/${name}`;
  lab.git('update-ref', ref('ledger'), 'main');
  lab.git('update-ref', ref('1'), 'main');
  lab.git('update-ref', ref('7'), 'main');
  const { code, problems, notes } = await verify(lab);
  expect({ code, problems }).toMatchObject({
    code: 1,
    problems: [
      {
        about: 'copy',
        place: ref('ledger'),
        problem: expect.stringMatching(/^cannot be read/),
        mend: expect.stringContaining(`update-ref -d ${ref('ledger')}`),
      },
      {
        about: 'refs',
        place: ref('1'),
        problem: expect.stringMatching(/^stands at \w+, and the ledger says \w+$/),
      },
    ],
  });
  expect(notes).toEqual([expect.stringContaining(`the ledger does not know ${ref('7')}`)]);

  const { ledger } = studiesOf(lab)[0]!.folder;
  renameSync(ledger, join(lab.root, '..', 'ledger.sqlite'));
  lab.git('update-ref', '-d', ref('ledger'));
  expect((await ratchet(['verify'], { cwd: lab.folder })).code).toBe(3);
});

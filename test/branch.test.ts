import { expect, test } from 'vitest';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** One keep, then what `between` does, then a better one: the notices of the second engine. */
async function keepTwice(lab: TemporaryLab, between: (branch: string) => void): Promise<readonly string[]> {
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([value(9)]) });
  between(`ratchet/${state.study.study}`);
  const notices: string[] = [];
  await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8)]),
    ended: ({ engine }) => notices.push(...engine.notices),
  });
  return notices;
}

function championOf(lab: TemporaryLab): string {
  return lab.git('for-each-ref', '--format=%(objectname)', 'refs/ratchet/*/champion');
}

test("a commit of the user's on the study's branch is never dropped, and the run says so", async () => {
  using lab = createTemporaryLab();
  let branch = '';
  let own = '';
  const notices = await keepTwice(lab, (name) => {
    branch = name;
    lab.git('checkout', '--quiet', branch);
    lab.git('commit', '--quiet', '--allow-empty', '--message=my own');
    own = lab.git('rev-parse', 'HEAD');
    lab.git('checkout', '--quiet', 'main');
  });
  expect(lab.git('rev-parse', branch)).toBe(own);
  expect(lab.git('show', `${championOf(lab)}:value.mjs`)).toBe('export const value = 8;');
  expect(notices).toEqual([expect.stringMatching(/^Branch \S+ has commits that are not Ratchet's/)]);
});

test("the study's branch follows the champion, also after the user deleted it or moved it to the baseline, and the run says so", async () => {
  for (const move of [
    (lab: TemporaryLab, branch: string) => lab.git('branch', '-D', branch),
    (lab: TemporaryLab, branch: string) => lab.git('branch', '--force', branch, 'main'),
  ]) {
    using lab = createTemporaryLab();
    let branch = '';
    const notices = await keepTwice(lab, (name) => {
      branch = name;
      move(lab, branch);
    });
    expect(lab.git('rev-parse', branch)).toBe(championOf(lab));
    expect(notices).toEqual([
      expect.stringMatching(/^refs\/heads\/ratchet\/\S+ was (missing|not at the champion): set again$/),
    ]);
  }
});

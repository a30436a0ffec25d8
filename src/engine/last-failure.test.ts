import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { studyFolder, trialFolder } from '../lab/folder.ts';
import type { TrialId } from '../model/identity.ts';
import type { Stage } from '../model/trial.ts';
import { createStudy } from '../propose/fixtures/play.ts';
import { lastFailure } from './last-failure.ts';

/** What is told of a trial that timed out in this stage, after each stage printed its own name. */
function toldOf(stage: Stage): string | undefined {
  const lab = mkdtempSync(join(tmpdir(), 'ratchet-test-'));
  try {
    const study = createStudy({});
    const folder = studyFolder(lab, study.state.study.study);
    const exceeded = { type: 'wall', value: 9, limit: 8 } as const;
    const id = study.add({ hypothesis: 'h', category: 'other', edit: 'e' });
    study.time(id, 9);
    const trial = 1 as TrialId;
    const ended = study.state.ended.get(trial)!;
    study.state.ended = new Map([[trial, { ...ended, outcome: { kind: 'timeout', stage, exceeded } }]]);
    study.judge(id, { kind: 'timeout', reason: 'it took too long', evidence: { trial, exceeded } });
    const { root, output } = trialFolder(folder, trial);
    mkdirSync(root, { recursive: true });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, 'printed by run\n');
    for (const name of ['evaluate', 'checks'])
      writeFileSync(join(root, `${name}.log`), `printed by ${name}\n`);
    return lastFailure(study.state, folder)?.text;
  } finally {
    rmSync(lab, { recursive: true, force: true });
  }
}

test('a researcher is told what a run or a check printed that failed, and nothing that an evaluation printed', () => {
  expect(toldOf('run')).toBe('printed by run\n');
  expect(toldOf('checks')).toBe('printed by checks\n');
  expect(toldOf('evaluate')).toBe('');
});

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openAgent } from '../src/cli/agents.ts';
import { openLab } from '../src/cli/open-lab.ts';
import type { AgentSettings } from '../src/cli/user-settings.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyState } from '../src/model/study.ts';
import { enforcementHere } from '../src/process/enforcement.ts';
import { createFallback } from '../src/propose/fallback.ts';
import { createSearch } from '../src/propose/search.ts';
import { homeWith } from './hostile/place.ts';
import { researchLab } from './session.ts';
import { createTemporaryLab, type LabFiles, type TemporaryLab } from './temporary-lab.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/agent/agent.mjs', import.meta.url));

/** Its score is the number in one file; smaller is better. */
const LAB: LabFiles = {
  files: {
    'value.mjs': 'export const value = 1000;\n',
    'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
    'places.txt': '',
  },
};

const commandOf = (mode: string) => `${process.execPath} ${SCRIPT} ${mode}`;

/** Opens the scripted agent as the command line would, and researches with it, `search` beside it. */
async function study(
  lab: TemporaryLab,
  mode: string,
  { experiments = 2, settings = {} }: { experiments?: number; settings?: AgentSettings } = {},
): Promise<StudyState> {
  const opened = await openLab({ named: lab.folder });
  await using _repository = opened.repository;
  const text = commandOf(mode);
  await using agent = openAgent(text, { agents: { [text]: settings } }, { opened, enforcement: enforcementHere() });
  const researcher = createFallback({ main: agent, spare: createSearch(), now: () => performance.now() });
  const { state } = await researchLab(lab, {
    researcher,
    limits: [{ kind: 'experiments', count: experiments }],
  });
  return state;
}

const proposalsOf = (state: StudyState, mode: string) =>
  [...state.experiments.values()].filter(
    ({ proposal: { origin } }) => origin.kind === 'researcher' && origin.name === `agent:${commandOf(mode)}`,
  );

test('what an agent leaves in its folder is run and judged, by the hypothesis that it states', async () => {
  using lab = createTemporaryLab(LAB);
  const state = await study(lab, 'good', { experiments: 3 });
  const own = proposalsOf(state, 'good');
  expect(own.length).toBeGreaterThanOrEqual(3);
  expect(own[0]).toMatchObject({
    status: 'judged',
    verdict: { kind: 'keep' },
    proposal: { hypothesis: 'less by one, turn 1', category: 'numeric', expectedGain: 1 },
  });
  expect(state.spending.get(`agent:${commandOf('good')}`)).toMatchObject({ inputTokens: expect.any(Number) });
});

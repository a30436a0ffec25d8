import { join } from 'node:path';
import { proseNow } from '../lab/prose.ts';
import { seedOf } from '../model/random.ts';
import type { Brief } from '../model/researcher.ts';
import { championOn } from '../model/study.ts';
import { copyState } from '../record/replay.ts';
import type { Engine } from './engine.ts';
import { openGuidance } from './guidance.ts';
import { lastFailure } from './last-failure.ts';
import { createSourceReader } from './sources.ts';
import { ideasWaiting } from './suggestions.ts';

/** Luck for proposals comes from another stream than that for trials. */
const PROPOSAL_STREAM = 0x70726f70;

/** What a researcher is told of the study as it stands at the call. */
export function createBriefing(engine: Engine): () => Promise<Brief> {
  const { ledger, program, conditions, repository, folder } = engine;
  const sourcesOf = createSourceReader(repository, program, ledger.state.study.lab);
  const lab = join(repository.root, repository.prefix);
  return async () => {
    const state = copyState(ledger.state);
    const champion = championOn(state, conditions.hardware).commit;
    const seed = seedOf(state.study.seed ^ PROPOSAL_STREAM, state.nextExperiment);
    const files = await sourcesOf(champion);
    return {
      program: { ...program, prose: await proseNow(lab, program) },
      champion,
      ...files,
      state,
      lastFailure: lastFailure(state, folder),
      suggestions: [...openGuidance(lab, state), ...ideasWaiting(lab)],
      seed,
    };
  };
}

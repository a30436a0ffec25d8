import { CATEGORIES } from '../../src/model/category.ts';
import type { EventOf, StudyEvent } from '../../src/model/event.ts';
import type {
  Commit,
  Digest,
  ExperimentId,
  HardwareClass,
  StudyId,
  TrialId,
} from '../../src/model/identity.ts';
import { createRandom } from '../../src/model/random.ts';
import type { Conditions, Outcome, Purpose } from '../../src/model/trial.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { digestOf, encodeEntry, FORMAT_VERSION, NO_DIGEST } from '../../src/record/entry.ts';
import { UnfinishedLedger } from '../../src/record/unfinished.ts';

const HARDWARE = 'x64/Bench Processor/1 core' as HardwareClass;
const DIGEST = 'd'.repeat(64) as Digest;
const CONDITIONS: Conditions = {
  hardware: HARDWARE,
  budget: { clock: 'cpu', seconds: 60 },
  fidelity: 1,
  company: 'beside others',
  provided: DIGEST,
};
/** A study has some dozens of keeps, however long it goes on. */
const KEEPS = 60;
const SITES = ['learningRate', 'momentum', 'width', 'depth', 'warmup', 'dropout', 'batch', 'clip'];

const commitOf = (number: number) => number.toString(16).padStart(8, '0').repeat(5) as Commit;

/** What the built-in search might propose, on the baseline. */
export function nextProposal(number: number): EventOf<'proposal-add'> {
  const site = SITES[number % SITES.length]!;
  return {
    kind: 'proposal-add',
    experiment: number as ExperimentId,
    hypothesis: `raise ${site} from 0.0${number % 97} to 0.0${(number % 97) + 1}: the longer step gained 0.00${number % 9} of val_bpb, so one more may too; of ${number} steps of numbers some were kept`,
    category: CATEGORIES[number % CATEGORIES.length]!,
    origin: { kind: 'researcher', name: number % 3 === 0 ? 'model:ollama/qwen3' : 'search' },
    edit: `train.ts#number:${site}=0.0${number}`,
    parent: commitOf(0),
    commit: commitOf(number),
  };
}

/** The events of a long study of the default judge, as they would be on disk, oldest first. */
function* longStudy(experiments: number, study: StudyId): Generator<StudyEvent> {
  const random = createRandom(7);
  let trial = 0;
  let best = 2.4;
  let parent = commitOf(0);
  const stack: ExperimentId[] = [];
  const run = function* (commit: Commit, purpose: Purpose, outcome: Outcome): Generator<StudyEvent> {
    trial += 1;
    const job = { executor: 'local', key: `bench-${trial}` };
    const seed = 1 + (trial % 2_000_000);
    yield {
      kind: 'trial-submit',
      trial: trial as TrialId,
      commit,
      purpose,
      seed,
      slot: trial % 4,
      conditions: CONDITIONS,
      job,
    };
    const usage = { wallSeconds: 60, cpuSeconds: 59, peakMemoryBytes: 430e6 };
    yield { kind: 'trial-end', trial: trial as TrialId, outcome, usage, curve: [] };
  };
  const completed = (value: number): Outcome => ({
    kind: 'completed',
    measurement: { value, source: 'evaluated' },
    others: {},
  });
  yield {
    kind: 'study-start',
    study,
    lab: '',
    objective: { name: 'val_bpb', unit: 'bits/byte', direction: 'minimize', minimumEffect: 0.0005 },
    program: DIGEST,
    baseline: parent,
    uncommitted: [],
    seed: 1,
  };
  yield {
    kind: 'engine-start',
    version: '0.1.0',
    node: '24.21.0',
    pid: 1,
    host: 'bench',
    slots: 4,
    hardware: HARDWARE,
    program: DIGEST,
    judge: 'posterior',
  };
  for (let repeat = 0; repeat < 6; repeat++)
    yield* run(parent, 'noise', completed(best + 0.004 * (random() - 0.5)));
  const parentTrials = [1, 2, 3] as TrialId[];
  const every = Math.floor(experiments / KEEPS);
  for (let number = 1; number <= experiments; number++) {
    const experiment = number as ExperimentId;
    const commit = commitOf(number);
    yield { ...nextProposal(number), parent };
    const isKeep = number % every === 0;
    const isCrash = !isKeep && random() < 0.06;
    const gain = isKeep ? 0.004 * Math.exp(-stack.length / 25) : -Math.abs(0.01 * random());
    const value = best - gain;
    yield* run(
      commit,
      'candidate',
      isCrash ? { kind: 'crash', stage: 'run', how: 'exit code 1' } : completed(value),
    );
    const candidateTrials = [trial as TrialId];
    const basis = {
      kind: 'posterior',
      mean: 0.8 * gain,
      deviation: 0.0008,
      luck: isKeep ? 0.02 : 0.9,
      error: 0.001,
      freedom: 12,
    } as const;
    const evidence = { candidate: value, parent: best, gain, candidateTrials, parentTrials, basis };
    const verdict: Verdict = isCrash
      ? { kind: 'crash', reason: 'exit code 1', evidence: { trial: trial as TrialId, stage: 'run' } }
      : {
          kind: isKeep ? 'keep' : 'discard',
          reason: `${isKeep ? 'better' : 'worse'} by ${Math.abs(gain).toFixed(4)}`,
          evidence,
        };
    yield { kind: 'verdict', experiment, verdict };
    if (!isKeep) continue;
    stack.push(experiment);
    yield {
      kind: 'champion-move',
      class: HARDWARE,
      from: parent,
      to: commit,
      stack: [...stack],
      cause: { kind: 'keep', experiment },
    };
    best = value;
    parent = commit;
  }
}

/** Writes a ledger whole. The engine is taken to have worked without a pause. */
export function writeLongStudy(file: string, experiments: number, study: StudyId): void {
  using ledger = new UnfinishedLedger(file);
  let sequence = 0;
  let previous = NO_DIGEST;
  const start = Date.now() - experiments * 20_000;
  for (const event of longStudy(experiments, study)) {
    sequence += 1;
    const at = start + sequence * 5_000;
    const bytes = encodeEntry({ sequence, version: FORMAT_VERSION, at, author: 'bench', previous, event });
    previous = digestOf(bytes);
    ledger.add({ sequence, bytes, digest: previous });
  }
  ledger.finish();
}

import { delimiter, dirname } from 'node:path';
import process from 'node:process';
import type { SlotFolder } from '../lab/folder.ts';
import type { Program } from '../model/program.ts';
import type { Stage, TrialRequest } from '../model/trial.ts';

/** Variables of the engine's own environment that a trial inherits. All others, keys and tokens among them, stay out. */
const INHERITED =
  /^(HOME|USER|LOGNAME|SHELL|TZ|LANG|LC_[A-Z]+|LD_LIBRARY_PATH|CUDA_VISIBLE_DEVICES|SYSTEMROOT)$/;

/** Where a stage of a trial writes. */
export interface StagePaths {
  readonly metrics: string;
  /** Empty when the stage starts. */
  readonly temporary: string;
  /** For compile caches: a copy of `keptCache` when the stage starts. */
  readonly cache: string;
  /** What the baseline's trials left in their caches: one folder a slot and stage, out of every stage's reach. */
  readonly keptCache: string;
}

const keptCacheOf = (stage: Stage) => `kept-cache-${stage}`;

/** Names in a slot's scratch folder that outlive trials. */
export const KEPT_CACHES: readonly string[] = (['run', 'evaluate', 'checks'] as const).map(keptCacheOf);

export function stagePaths(slot: SlotFolder, stage: Stage): StagePaths {
  return {
    metrics: `${slot.scratch}/metrics/${stage}.jsonl`,
    temporary: `${slot.scratch}/temporary`,
    cache: `${slot.scratch}/cache`,
    keptCache: `${slot.scratch}/${keptCacheOf(stage)}`,
  };
}

/** The environment of a lab's command: named variables only. The engine's own Node leads the PATH. */
export function environmentOf(
  request: TrialRequest,
  program: Program,
  paths: StagePaths,
  slot: SlotFolder,
  prepared: string | undefined,
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.test(name));
  const engineNode = dirname(process.execPath);
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PATH: [engineNode, process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    TMPDIR: paths.temporary,
    // Libraries that start a thread a core would make slots fight each other.
    OMP_NUM_THREADS: String(program.resources.cpus),
    // The user's repository lies above the slot: it is not the candidate's to find.
    GIT_CEILING_DIRECTORIES: dirname(slot.work),
    RATCHET_SEED: String(request.seed),
    RATCHET_BUDGET: String(program.trial.seconds),
    RATCHET_METRICS: paths.metrics,
    RATCHET_CACHE: paths.cache,
    ...(prepared === undefined ? {} : { RATCHET_PREPARED: prepared }),
    ...(request.steps === undefined ? {} : { RATCHET_STEPS: String(request.steps) }),
    ...(request.purpose === 'transfer' ? program.transfer : {}),
  };
}

import type { StudyEvent } from '../model/event.ts';
import type { Ran } from '../model/executor.ts';
import { championOn } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { LedgerCopy } from '../record/copy.ts';
import type { Engine } from './engine.ts';
import { requireCopy } from './housekeeping.ts';
import { mendRefs, publishChampion, refsOf } from './publish.ts';
import { beginFlight, jobOf, seeThrough, watchTrial } from './trial.ts';

/** Refs that one notice lists. */
const MOST_REFS = 3;

/**
 * Brings the copy in git, the refs and the branch to what the ledger says, before anything new begins, and gives notice of
 * what was not there. Throws where a commit is gone without which nothing can be measured.
 */
export async function recoverRefs(engine: Engine, copy: LedgerCopy): Promise<void> {
  const { ledger, repository, notices } = engine;
  const refs = refsOf(ledger.state.study.study);
  const lacked = await requireCopy(copy, ledger);
  if (lacked === ledger.sequence)
    notices.add(`the copy of the ledger in ${refs.ledger} was missing, and is written anew`);
  await requireCommits(engine);
  const { set, lost } = await mendRefs(repository, ledger.state);
  if (set.length > 0) notices.add(`${listed(set)} did not stand where the ledger says: set again`);
  if (lost.length > 0) notices.add(`${listed(lost)} cannot be set again: ${GONE}`);
  await recoverChampion(engine);
}

const GONE = 'git has their commits no more. Fetch them from a clone that has them';

function listed(refs: readonly string[]): string {
  const more = refs.length - MOST_REFS;
  return refs.slice(0, MOST_REFS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

async function requireCommits({ ledger: { state }, repository, conditions }: Engine): Promise<void> {
  const { study, baseline } = state.study;
  const champion = championOn(state, conditions.hardware).commit;
  for (const [name, commit] of [
    ['baseline', baseline],
    ['champion', champion],
  ] as const) {
    if ((await repository.resolve(commit)) !== undefined) continue;
    throw new Error(
      `commit ${commit}, the ${name} of study ${study}, is gone from ${repository.root}: ` +
        'git fetch it from a clone that has it, or open a new study with --new',
    );
  }
}

/** An engine that died may not have come to it, and anybody may have deleted a ref. A study that no engine worked on has none. */
async function recoverChampion({
  ledger: { state },
  repository,
  conditions,
  notices,
}: Engine): Promise<void> {
  if (state.engine === undefined) return;
  const { champion, branch } = refsOf(state.study.study);
  const to = championOn(state, state.engine.hardware).commit;
  const before = {
    [champion]: await repository.resolve(champion),
    [branch]: await repository.resolve(branch),
  };
  if (Object.values(before).every((commit) => commit === to)) return;
  const refusal = await publishChampion(repository, state, conditions.hardware);
  if (refusal !== undefined) notices.add(refusal);
  for (const [ref, commit] of Object.entries(before)) {
    if (commit === to || (ref === branch && refusal !== undefined)) continue;
    notices.add(`${ref} ${commit === undefined ? 'was missing' : 'was not at the champion'}: set again`);
  }
}

/**
 * What an earlier engine left running: each job is found again where its executor still has it, and else recorded as a
 * fault of the machine, so that it is run again. Returns when what is left of the lost ones is gone: no trial starts
 * beside a stranger in its slot.
 */
export async function recoverTrials(engine: Engine): Promise<void> {
  const left = [...engine.ledger.state.running.values()];
  await Promise.all(left.map((trial) => recoverTrial(engine, trial)));
  await setAsideLost(engine);
}

/** What git has no more cannot be laid out: it would end one engine after the other. */
async function setAsideLost({ ledger, repository }: Engine): Promise<void> {
  const events: StudyEvent[] = [];
  for (const id of ledger.state.open) {
    const { commit, experiment } = ledger.state.experiments.get(id)!.proposal;
    if ((await repository.resolve(commit)) !== undefined) continue;
    events.push({ kind: 'proposal-set-aside', experiment, reason: 'its commit is gone from the repository' });
  }
  if (events.length > 0) await ledger.append(events);
}

const LOST: Ran = {
  stage: 'run',
  ending: { kind: 'fault', reason: 'the engine ended while it ran' },
  usage: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
  tail: '',
};

async function recoverTrial(engine: Engine, trial: Trial): Promise<void> {
  const { board, executor, errands } = engine;
  board.occupy(trial);
  const flight = beginFlight(engine, trial);
  const attached = await executor.attach(jobOf(trial), watchTrial(engine, flight));
  if (attached.kind === 'found') errands.run(seeThrough(engine, flight, attached.ran));
  else await seeThrough(engine, flight, Promise.resolve(LOST));
}

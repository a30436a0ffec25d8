import { join } from 'node:path';
import { type HoldoutQuestion, holdoutAnswer, holdoutMargin } from '../decide/certify/holdout.ts';
import { freshSeed } from '../decide/seeds.ts';
import { openSealedReading, type SealedOutcome } from '../measure/holdout.ts';
import type { StageEnding } from '../model/executor.ts';
import type { SealedScores } from '../model/holdout.ts';
import type { Commit, Digest } from '../model/identity.ts';
import { exceededText } from '../model/limit.ts';
import type { SealedEvaluation } from '../model/program.ts';
import type { EndedTrial, Outcome } from '../model/trial.ts';
import { placesOfProgram } from '../run/doors.ts';
import { prepare } from '../run/preparation.ts';
import { runSealed } from '../run/sealed.ts';
import type { Engine } from './engine.ts';
import { runTrial, submitTrials } from './trial.ts';

/** What became of a question. Only an answer uses it up. */
export type HoldoutReply =
  | { readonly kind: 'answer'; readonly answer: 'pass' | 'fail' }
  /** A run of the champion, or of what it is compared with, left nothing to evaluate. */
  | { readonly kind: 'no-run'; readonly commit: Commit; readonly outcome: Outcome }
  /** The sealed evaluation did not score what the champion is compared with, or the machine failed. */
  | { readonly kind: 'no-score'; readonly reason: string }
  | { readonly kind: 'interrupted' };

/**
 * Asks the sealed evaluation whether the champion holds: it and what it is compared with are run under one fresh seed, and the
 * sealed command sees the artifacts of both. The answer goes to the ledger, the numbers behind it nowhere.
 */
export async function askHoldout(
  engine: Engine,
  holdout: SealedEvaluation,
  question: HoldoutQuestion & { kind: 'open' },
  documents: Digest,
): Promise<HoldoutReply> {
  const { ledger, program, conditions, abort } = engine;
  const { champion, against } = question;
  const seed = freshSeed(ledger.state, 0);
  const scores: SealedScores[] = [];
  for (const commit of [against, champion]) {
    const trial = await runOnce(engine, commit, seed);
    if (abort.aborted) return { kind: 'interrupted' };
    if (trial.outcome.kind !== 'completed') return { kind: 'no-run', commit, outcome: trial.outcome };
    const scored = await scoreSealed(engine, holdout, trial);
    if (abort.aborted) return { kind: 'interrupted' };
    if (scored.kind === 'fault') return { kind: 'no-score', reason: scored.reason };
    // What its own artifact brings about is the champion's fail: a crash would else tell something for nothing.
    if (scored.kind === 'unclear' && commit === champion)
      return await answer(engine, question, 'fail', documents);
    if (scored.kind === 'unclear') return { kind: 'no-score', reason: scored.reason };
    scores.push(scored.scores);
  }
  const [theirs, ours] = scores;
  const given = holdoutAnswer(
    program.objective,
    { champion: ours!, against: theirs! },
    holdoutMargin(ledger.state, conditions),
  );
  return await answer(engine, question, given, documents);
}

async function answer(
  { ledger }: Engine,
  { champion, against }: HoldoutQuestion & { kind: 'open' },
  given: 'pass' | 'fail',
  documents: Digest,
): Promise<HoldoutReply> {
  await ledger.append([{ kind: 'holdout-answer', champion, against, answer: given, documents }]);
  return { kind: 'answer', answer: given };
}

async function runOnce(engine: Engine, commit: Commit, seed: number): Promise<EndedTrial> {
  const [trial] = await submitTrials(engine, [{ commit, seed, purpose: 'certify' }]);
  if (!trial) throw new Error('a trial was asked for, and none was submitted');
  await runTrial(engine, trial);
  return engine.ledger.state.ended.get(trial.trial)!;
}

type Scored = SealedOutcome | { readonly kind: 'fault'; readonly reason: string };

async function scoreSealed(
  { program, repository, folder, ledger, abort, enforcement }: Engine,
  holdout: SealedEvaluation,
  { commit, slot, seed }: EndedTrial,
): Promise<Scored> {
  const reading = openSealedReading(program.objective.name);
  const lab = join(repository.root, repository.prefix);
  const key = `${ledger.state.study.study}/sealed`;
  const { baseline } = ledger.state.study;
  const places = placesOfProgram(program, lab, repository.prefix);
  // Trials of this study have run: it is there, or was deleted since.
  const prepared = await prepare(
    { repository, places, enforcement, folder, program, lab: repository.prefix, baseline },
    abort,
  );
  if (prepared.kind === 'failed') return { kind: 'fault', reason: "the lab's own `prepare` failed" };
  const ending = await runSealed({
    repository,
    enforcement,
    folder,
    program,
    holdout,
    lab,
    baseline,
    ran: { commit, slot, seed },
    key,
    prepared: prepared.folder,
    signal: abort,
    onLine: (source, text) => reading.line(source, text),
  });
  if (ending.kind === 'fault') return { kind: 'fault', reason: ending.reason };
  const failure = failureOf(ending);
  return failure === undefined ? reading.outcome() : { kind: 'unclear', reason: failure };
}

/** How the command ended, if not well; without a word of what it printed. */
function failureOf(ending: Exclude<StageEnding, { kind: 'fault' }>): string | undefined {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? undefined : `it ended with exit code ${ending.code}`;
    case 'signalled':
      return `it was killed by ${ending.signal}`;
    case 'limit':
      return `it ${exceededText(ending.exceeded)}`;
    case 'refused':
      return ending.reason;
    case 'cancelled':
      return 'it was interrupted';
    default:
      return ending satisfies never;
  }
}

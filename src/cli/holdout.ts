import { join } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { type HoldoutQuestion, holdoutQuestion, questionsAllowed } from '../decide/certify/holdout.ts';
import { hardwareClass } from '../engine/hardware.ts';
import { askHoldout, type HoldoutReply } from '../engine/holdout.ts';
import { DEFAULT_JUDGE, JUDGES } from '../engine/judges.ts';
import type { Repository } from '../git/repository.ts';
import { provisionalIn } from '../model/certified.ts';
import type { HoldoutAnswer } from '../model/holdout.ts';
import type { Commit, Digest, StudyId } from '../model/identity.ts';
import type { SealedEvaluation } from '../model/program.ts';
import { championOn, type StudyState } from '../model/study.ts';
import { digestOfSealed } from '../run/sealed.ts';
import { placesOf } from '../run/slot.ts';
import { EXIT } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf, openStudyToRead, type StudyChoice, withLabAndStudy } from './read-study.ts';
import { listenForEnd } from './signals.ts';
import { sessionFor } from './work-on-study.ts';

export function registerHoldout(program: Command, version: string): void {
  withLabAndStudy(program.command('holdout'))
    .description('ask the sealed evaluation whether the champion holds: pass or fail, and nothing else')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined, given: StudyChoice & { json?: true }) => {
      const options = choiceOf(named, given);
      const study = await readStudy(options);
      const lab = await openLab({ named: options.lab });
      await using _ = lab.repository;
      const result = await ask(lab, study, version);
      if (given.json) printJson(result);
      else printLines(linesOf(result));
      process.exitCode = result.answer === 'pass' ? EXIT.fine : EXIT.fault;
    });
}

const HELP = `
Both the champion and what it is compared with, the champion of the last pass or else the baseline, are run once under one fresh
seed. A study may ask one question at once and one more for each fifty experiments; after a change of \`holdout\` or of what is
\`sealed\` it begins anew. The same question again costs nothing.

Exit code 0 if it passes, 1 if it fails, 3 if there is nothing to ask or no question is left.

Example:
  ratchet holdout labs/gpt`;

/** Before anything is opened for writing, so that what is refused leaves no trace. */
async function readStudy(options: StudyChoice): Promise<{ id: StudyId; state: StudyState }> {
  using study = await openStudyToRead(options);
  return { id: study.id, state: study.state };
}

interface HoldoutResult {
  readonly study: StudyId;
  readonly champion: Commit;
  readonly against: Commit;
  readonly answer: 'pass' | 'fail';
  /** `known`: asked before, so it cost nothing. */
  readonly origin: 'new' | 'known';
  readonly questions: { readonly asked: number; readonly allowed: number };
}

async function ask(
  lab: OpenLab,
  { id, state }: { id: StudyId; state: StudyState },
  version: string,
): Promise<HoldoutResult> {
  const { program, repository } = lab;
  const { holdout } = program;
  if (holdout === undefined)
    throw new Problem(
      'program.md names no `holdout` command: docs/program-file.md says what it is',
      EXIT.nothing,
    );
  await requireSealed(repository, lab.lab.folder, state, holdout);
  const documents = await digestOfSealed(holdout, lab.lab.folder, repository.prefix);
  const hardware = hardwareClass(program.resources);
  const before = holdoutQuestion(state, hardware, documents);
  if (before.kind === 'answered') return resultOf(state, before.known, 'known');
  const question = requireOpen(before);
  const provisional = provisionalIn(state, championOn(state, hardware)).length;
  if (provisional > 0) {
    const [are, they] = provisional === 1 ? ['is', 'it'] : ['are', 'they'];
    process.stderr.write(
      `warning: ${provisional} of the champion's changes ${are} not certified: "ratchet certify" first says whether ${they} hold\n`,
    );
  }
  const reply = await askEngine(lab, { id, version, holdout, question, documents });
  if (reply.kind !== 'answer') throw problemOf(reply, question);
  const { champion, against } = question;
  return resultOf(reply.state, { champion, against, answer: reply.answer, documents }, 'new');
}

/** @throws Problem where sealed files are no secret, since the study's baseline has them */
async function requireSealed(
  repository: Repository,
  lab: string,
  state: StudyState,
  { sealed }: SealedEvaluation,
): Promise<void> {
  for (const place of placesOf(sealed, lab, repository.prefix)) {
    const inRepository = place.kind === 'link' ? place.inTree : within(repository.root, place.target);
    if (inRepository === undefined) continue;
    const tracked = await repository.list(state.study.baseline, inRepository);
    if (tracked.length === 0) continue;
    throw new Problem(
      `${inRepository} is sealed in program.md and part of the baseline, so every trial sees it: ` +
        'take it out of git (`git rm --cached`, and a line in .gitignore), then open a new study',
    );
  }
}

function within(root: string, path: string): string | undefined {
  return path.startsWith(join(root, '/')) ? path.slice(root.length + 1) : undefined;
}

function requireOpen(question: HoldoutQuestion): HoldoutQuestion & { kind: 'open' } {
  switch (question.kind) {
    case 'open':
      return question;
    case 'nothing-kept':
      throw new Problem('the champion is still the baseline: there is nothing to ask about', EXIT.nothing);
    case 'spent':
      throw new Problem(
        `all ${question.asked} questions about these sealed documents are spent: each answer tells a little of them, so a ` +
          `study may ask 20 in 1,000 experiments. The next one is free after experiment ${question.nextAfter}, or with other ` +
          'documents',
        EXIT.nothing,
      );
    case 'answered':
      throw new Error('an answer that is known was asked for');
    default:
      return question satisfies never;
  }
}

async function askEngine(
  lab: OpenLab,
  options: {
    id: StudyId;
    version: string;
    holdout: SealedEvaluation;
    question: HoldoutQuestion & { kind: 'open' };
    documents: Digest;
  },
): Promise<HoldoutReply & { state: StudyState }> {
  const { id, version, holdout, question, documents } = options;
  const session = await sessionFor(lab, { study: id, judge: JUDGES[DEFAULT_JUDGE], slots: 1, version });
  using _ = listenForEnd(() => session.ask('stop-now'));
  return await session.run(async (engine) => {
    process.stderr.write('running the champion and what it is compared with\n');
    const reply = await askHoldout(engine, holdout, question, documents);
    return { ...reply, state: engine.ledger.state };
  });
}

function problemOf(
  reply: Exclude<HoldoutReply, { kind: 'answer' }>,
  { champion }: HoldoutQuestion & { kind: 'open' },
): Problem {
  switch (reply.kind) {
    case 'no-run': {
      const which = reply.commit === champion ? 'the champion' : 'what the champion is compared with';
      return new Problem(
        `a fresh run of ${which} left nothing to evaluate: ${outcomeSentence(reply.outcome)}. No question was used`,
        EXIT.fault,
      );
    }
    case 'no-score':
      return new Problem(
        `the sealed evaluation did not score what the champion is compared with: ${reply.reason}. No question was used; what ` +
          'it printed is told to nobody, so try `holdout` by hand on artifacts of the baseline',
        EXIT.fault,
      );
    case 'interrupted':
      return new Problem('interrupted: no question was used', EXIT.interrupted);
    default:
      return reply satisfies never;
  }
}

function resultOf(
  state: StudyState,
  { champion, against, answer, documents }: HoldoutAnswer,
  origin: HoldoutResult['origin'],
): HoldoutResult {
  const asked = state.holdout.filter((one) => one.documents === documents).length;
  const questions = { asked, allowed: questionsAllowed(state.judged) };
  return { study: state.study.study, champion, against, answer, origin, questions };
}

function linesOf({ answer, champion, against, origin, questions }: HoldoutResult): string[] {
  const { asked, allowed } = questions;
  return [
    `${answer}: champion ${champion.slice(0, 12)} against ${against.slice(0, 12)}${origin === 'known' ? ', as answered before' : ''}`,
    `  ${asked} of ${allowed} ${allowed === 1 ? 'question' : 'questions'} about these documents asked`,
  ];
}

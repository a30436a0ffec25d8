import { type Command, InvalidArgumentError } from 'commander';
import { openGuidance } from '../engine/guidance.ts';
import { lastFailure } from '../engine/last-failure.ts';
import { createSourceReader } from '../engine/sources.ts';
import { ideasWaiting } from '../engine/suggestions.ts';
import {
  BRIEF_TOKENS,
  type BriefMaterial,
  countTokens,
  LEAST_BRIEF_TOKENS,
  writeBrief,
} from '../propose/brief.ts';
import { parseCount } from './arguments.ts';
import { openLab } from './open-lab.ts';
import { printJson } from './output.ts';
import {
  choiceOf,
  openStudyToRead,
  type ReadStudy,
  type StudyChoice,
  withLabAndStudy,
} from './read-study.ts';
import { standingOf } from './standing.ts';

interface Options extends StudyChoice {
  readonly tokens: number;
  readonly json?: true;
}

export function registerBrief(program: Command): void {
  withLabAndStudy(program.command('brief'))
    .description('what a researcher that is a language model is told before it proposes')
    .option(
      '--tokens <count>',
      `at most so many tokens, from ${LEAST_BRIEF_TOKENS} up`,
      parseTokens,
      BRIEF_TOKENS,
    )
    .option('--json', 'one JSON object: the text, and how many tokens it has')
    .action(async (lab: string | undefined, options: Options) => {
      using study = await openStudyToRead(choiceOf(lab, options));
      const text = writeBrief(await gatherBrief(study), options);
      if (options.json) printJson({ text, tokens: countTokens(text) });
      else process.stdout.write(text);
    });
}

function parseTokens(text: string): number {
  const tokens = parseCount(text);
  if (tokens >= LEAST_BRIEF_TOKENS) return tokens;
  throw new InvalidArgumentError(`Write a whole number from ${LEAST_BRIEF_TOKENS} up.`);
}

/** All that a brief is made of, by the program as it is written now. Nothing of the study is disturbed. */
export async function gatherBrief({
  lab,
  folder,
  state,
}: Pick<ReadStudy, 'lab' | 'folder' | 'state'>): Promise<BriefMaterial> {
  const { program, repository } = await openLab({ named: lab.folder });
  await using _ = repository;
  const { commit } = standingOf(state);
  return {
    program,
    champion: commit,
    ...(await createSourceReader(repository, program, state.study.lab)(commit)),
    state,
    suggestions: [...openGuidance(lab.folder, state), ...ideasWaiting(lab.folder)],
    lastFailure: lastFailure(state, folder),
  };
}

import type { StudyState } from '../../src/model/study.ts';
import { type ResearchOptions, researchLab, scriptedResearcher, verdictsOf } from '../session.ts';
import { createTemporaryLab, type LabFiles, type TemporaryLab } from '../temporary-lab.ts';

/** A lab whose one editable file is a shell script: each candidate is a script that does something it should not. */
export function createScriptLab(
  program: readonly string[] = [],
  files: LabFiles['files'] = {},
): TemporaryLab {
  return createTemporaryLab({
    program: ['edit: [trial.sh]', 'run: sh trial.sh', 'budget: { trial: 20s, grace: 20s }', ...program],
    files: { 'trial.sh': 'echo score: 10\n', ...files },
  });
}

/**
 * A lab whose score is made apart from the run: the length of `answer.txt`, and not of one that holds a `!`. The
 * evaluation tells that length as `letters` too.
 */
export function createEvaluatedLab(
  program: readonly string[] = [],
  files: LabFiles['files'] = {},
): TemporaryLab {
  return createScriptLab(['artifacts: [answer.txt]', 'evaluate: sh evaluate.sh', ...program], {
    'trial.sh': 'printf 0123456789 > answer.txt\n',
    'evaluate.sh':
      'if grep -q "!" answer.txt; then echo "answer.txt holds a !" >&2; exit 1; fi\n' +
      'length=$(wc -c < answer.txt)\n' +
      'printf "score: %s\\nletters: %s\\n" "$length" "$length"\n',
    ...files,
  });
}

/** Tries the scripts one after the other: the verdict of each, beside all else that the study holds. */
export async function tryScripts(
  lab: TemporaryLab,
  scripts: readonly string[],
  options: Partial<ResearchOptions> = {},
): Promise<{ verdicts: ReturnType<typeof verdictsOf>; state: StudyState }> {
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher(scripts, 'trial.sh'),
    ...options,
  });
  return { verdicts: verdictsOf(state), state };
}

/** What `verdictsOf` gives, as one line each. */
export function linesOf(verdicts: readonly { verdict: string; reason: string }[]): string[] {
  return verdicts.map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

import type { Lacking } from '../git/inspect.ts';
import type { StudyFolder } from '../lab/folder.ts';
import type { Commit } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import type { LineageProblem } from '../record/lineage.ts';
import type { Finding } from './finding.ts';

/** What git does not give of a commit of the study. */
export function findingOfLacking(state: StudyState, { commit, path, reason }: Lacking): Finding {
  const of = nameOf(state, commit);
  return {
    about: 'objects',
    place: path === '' ? `commit ${commit} (${of})` : `${path} in commit ${commit} (${of})`,
    problem: reason,
    mend: 'git fetch it from a clone that has it, or take it from a backup of the repository: it cannot be made again',
  };
}

function nameOf({ study, experiments }: StudyState, commit: Commit): string {
  if (commit === study.baseline) return 'the baseline';
  for (const { proposal } of experiments.values())
    if (proposal.commit === commit) return `experiment ${proposal.experiment}`;
  return 'a champion without some of its changes';
}

export function findingOfLineage({ ledger }: StudyFolder, problem: LineageProblem): Finding {
  // Ratchet itself writes no such entry, and a commit's name is made from its parents.
  const mend =
    'another program wrote it, or git shows other commits (`git replace --list`): trust a backup or a clone';
  if (problem.kind === 'move') {
    const place = `the champion's move in entry ${problem.sequence} of ${ledger}`;
    return { about: 'lineage', place, problem: problem.problem, mend };
  }
  const { commit, recorded, inGit, experiment } = problem;
  const parents = inGit.length === 0 ? 'no parent' : `parent ${inGit.join(' and ')}`;
  return {
    about: 'lineage',
    place: `commit ${commit} (experiment ${experiment})`,
    problem: `has ${parents} in git, and ${recorded} in the ledger`,
    mend,
  };
}

import { dirname } from 'node:path';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'a repository that a run makes in the folder of a submodule is not looked into',
  prepare: (lab) => {
    lab.git('init', '--quiet', 'module');
    lab.git('-C', 'module', 'commit', '--quiet', '--allow-empty', '--message=inside');
    lab.git('-c', 'advice.addEmbeddedRepo=false', 'add', '--all');
    lab.git('commit', '--quiet', '--message=a submodule');
    return undefined;
  },
  candidates: ({ root }) => [
    [
      'cd module && git init --quiet . || exit 9',
      'git -c user.name=A -c user.email=a@localhost commit --quiet --allow-empty --message=inside',
      `git config core.fsmonitor "touch '${dirname(root)}/ran-outside' #"`,
      'touch file; cd ..',
      SAME,
    ].join('\n'),
  ],
  verdicts: ['discard: no difference'],
};

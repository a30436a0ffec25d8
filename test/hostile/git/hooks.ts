import { dirname } from 'node:path';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const HOOKS = [
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'pre-commit',
  'fsmonitor-watchman',
];

export const attack: Attack = {
  promise: 'hooks and settings of a repository that a run makes in its folder are never run',
  candidates: ({ root }) => {
    const command = `touch '${dirname(root)}/ran-outside'`;
    return [
      [
        'git init --quiet . || exit 9',
        ...HOOKS.map((hook) => `printf '#!/bin/sh\\n%s\\n' "${command}" > .git/hooks/${hook}`),
        'chmod +x .git/hooks/*; git config core.hooksPath .git/hooks',
        `git config core.fsmonitor "${command}"; git config core.pager "${command}"`,
        SAME,
      ].join('\n'),
      `echo 'gitdir: ${root}/.git' > .git; ${SAME}`,
    ];
  },
  verdicts: ['discard: no difference', 'discard: no difference'],
};

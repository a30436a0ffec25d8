import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';
import { pathWith } from '../place.ts';

/** As where a virtual environment was made in the lab itself: an installation is shown whole, and this one holds the lab. */
export const attack: Attack = {
  promise: 'a lab with a folder of the search path in it is not shown to its trials for that',
  program: ['run: trainer trial.sh'],
  files: { 'bin/trainer': '' },
  prepare: (lab) => {
    lab.write('bin/trainer', '#!/bin/sh\nexec sh "$@"\n');
    chmodSync(join(lab.folder, 'bin/trainer'), 0o755);
    lab.git('commit', '--all', '--quiet', '--message=a program');
    return pathWith(join(lab.folder, 'bin'));
  },
  candidates: ({ folder }) => [gainIf(`ls '${folder}/.git'`), gainIf(`cat '${folder}/evaluate.sh'`)],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

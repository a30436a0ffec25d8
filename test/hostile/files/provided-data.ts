import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

const DATA = 'data.txt';

export const attack: Attack = {
  promise: "what is provided cannot be written, removed, linked to or made one's own",
  program: [`provide: [${DATA}]`],
  files: { '.gitignore': `${DATA}\n` },
  prepare: (lab) => {
    lab.write(DATA, 'as it was\n');
    return undefined;
  },
  candidates: [
    `grep -q "as it was" ${DATA} || exit 9; ${gainIf(`echo changed >> ${DATA}`)}`,
    gainIf(`place=$(readlink ${DATA}); rm -f "$place"`),
    gainIf(`place=$(readlink ${DATA}); ln "$place" mine && echo changed >> mine`),
    gainIf(`chmod 777 "$(readlink ${DATA})" || touch -d 2001-01-01 ${DATA}`),
  ],
  verdicts: Array(4).fill('discard: no difference'),
  afterwards: ({ folder }) => expect(readFileSync(join(folder, DATA), 'utf8')).toBe('as it was\n'),
};

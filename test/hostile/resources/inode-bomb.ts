import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const BOMB = `
const fs = require('node:fs');
for (let folder = 0; folder < 220; folder++) {
  fs.mkdirSync(String(folder));
  for (let file = 0; file < 1000; file++) fs.closeSync(fs.openSync(folder + '/' + file, 'w'));
}
`;

export const attack: Attack = {
  promise: 'a bomb of empty files is a crash that names the limit on files',
  candidates: [`cat > bomb.cjs <<'END'${BOMB}END\nnode bomb.cjs; ${SAME}; sleep 20`],
  verdicts: [/^crash: made \d+ files; the limit is 200000$/],
};

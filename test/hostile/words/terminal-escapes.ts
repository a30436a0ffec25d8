import { expect } from 'vitest';
import { ratchet } from '../../command.ts';
import type { Attack } from '../attack.ts';
import { CONTROLS } from '../place.ts';

const ESCAPES = String.raw`\033]0;owned\007\033[2J\033[31m\302\2332J\342\200\256txt.exe\177`;

export const attack: Attack = {
  promise: 'escape sequences of a trial reach neither a verdict nor a terminal',
  scoring: 'candidate-reported',
  candidates: [
    `printf '${ESCAPES} failed\\n'; exit 3`,
    `printf 'score: ${ESCAPES}\\n'`,
    `printf '${ESCAPES}\\n' > "$RATCHET_METRICS"`,
    `printf 'score: 10\\n${ESCAPES}: 3\\n'; printf '{"\\\\u001b[31m": 1}\\n' > "$RATCHET_METRICS"`,
  ],
  verdicts: [
    /^crash: exit code 3: .*failed$/,
    /^invalid: score is /,
    /^invalid: in the metrics file/,
    'discard: no difference',
  ],
  afterwards: async ({ folder }, state) => {
    const told = JSON.stringify([...state.ended.values()].map(({ outcome }) => outcome));
    expect(told).not.toMatch(CONTROLS);
    for (const command of [['log'], ['show', '1'], ['show', '3']]) {
      const { stdout, stderr } = await ratchet(command, { cwd: folder });
      expect(stdout + stderr, command.join(' ')).not.toMatch(CONTROLS);
    }
  },
};

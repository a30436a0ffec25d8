import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise:
    'exit codes that the engine or the sandbox use themselves are a crash like any other, and no fault of the machine',
  candidates: [125, 126, 127, 1, 255, 137].map((code) => `${SAME}; exit ${code}`),
  verdicts: [
    ...[125, 126, 127, 1, 255].map((code) => `crash: exit code ${code}`),
    'crash: killed by SIGKILL',
  ],
};

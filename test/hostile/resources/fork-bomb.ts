import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'a fork bomb is a crash that names the limit on processes',
  needs: 'control groups',
  program: ['resources: { processes: 50 }'],
  candidates: ['bomb() { bomb | bomb & }; bomb; wait; sleep 20'],
  verdicts: ['crash: made 51 processes; the limit is 50'],
};

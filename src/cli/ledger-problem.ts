import type { Refusal } from '../record/file.ts';
import { EXIT } from './exit.ts';
import { Problem } from './problem.ts';

/** Why a ledger is not opened, for the user; `absent` is what to say where it holds no entry. */
export function ledgerProblem(refusal: Refusal, absent: string): Problem {
  switch (refusal.kind) {
    case 'absent':
      return new Problem(absent, EXIT.nothing);
    case 'newer':
      return new Problem(refusal.message);
    case 'damaged':
      return new Problem(refusal.message, EXIT.fault);
    default:
      return refusal satisfies never;
  }
}

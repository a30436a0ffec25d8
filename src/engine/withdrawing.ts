import { eventsOfWithdrawal } from '../decide/champion.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { Withdrawal } from '../model/judge.ts';
import { championOn } from '../model/study.ts';
import type { Engine } from './engine.ts';
import { championWithout, isInseparable, switchConflict } from './without.ts';

/**
 * Takes kept changes that have lost their standing out of the champion, each by a commit of its own. What cannot be taken out
 * stays, and the ledger says so once. Returns whether the ledger says anything new.
 */
export async function withdraw(engine: Engine, withdrawals: readonly Withdrawal[]): Promise<boolean> {
  const { ledger, conditions } = engine;
  const before = ledger.sequence;
  for (const { experiment, reason } of withdrawals) {
    const champion = championOn(ledger.state, conditions.hardware);
    if (!champion.stack.includes(experiment) || isInseparable(ledger.state, champion, [experiment])) continue;
    const without = await championWithout(engine, champion, [experiment]);
    const events =
      without.kind === 'conflict'
        ? [switchConflict(champion, without)]
        : eventsOfWithdrawal(ledger.state, conditions.hardware, {
            experiment,
            reason: shorten(reason, BOUNDS.reason),
            to: without.commit,
          });
    await ledger.append(events);
  }
  return ledger.sequence > before;
}

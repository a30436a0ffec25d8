import type { WantedTrial } from '../model/judge.ts';
import { onceATrial } from './learn/once-a-trial.ts';
import { slotTimeOf } from './learn/slot-time.ts';
import type { Question } from './question.ts';

/** Share of all slot time whose trials run to their end whatever their progress, to see what stopping loses. */
const AUDIT_SHARE = 0.01;
const AUDIT_FROM = 20;

/** The first trial of one candidate among these becomes an audit where one is due: which one it is hangs on time alone. */
export function withAudit(question: Question, wanted: readonly WantedTrial[]): readonly WantedTrial[] {
  const { state } = question;
  const first = wanted.findIndex(
    ({ purpose, commit }) => purpose === 'candidate' && !state.trialsOf.has(commit),
  );
  if (first === -1 || !isProgressTold(state, question.context.conditions) || !isAuditDue(question))
    return wanted;
  return wanted.with(first, { ...wanted[first]!, purpose: 'audit' });
}

/** Whether a trial that would be stopped, or never be begun, is to be let run. */
export function isAuditDue({ state, context }: Question): boolean {
  if (state.ended.size < AUDIT_FROM) return false;
  const { all, audit } = slotTimeOf(state, context.conditions);
  if (audit >= AUDIT_SHARE * all) return false;
  return ![...state.running.values()].some(({ purpose }) => purpose === 'audit');
}

/** Where nothing reports progress there is nothing to audit. */
const isProgressTold = onceATrial((state) =>
  [...state.ended.values()].slice(-AUDIT_FROM).some(({ curve }) => curve.length > 1),
);

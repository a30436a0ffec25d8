import type { Judge } from '../../model/judge.ts';
import { championOn } from '../../model/study.ts';
import { knowledgeOf } from '../learn/knowledge.ts';
import { referenceOf } from '../learn/reference.ts';
import { LEAST_FREEDOM } from '../learn/worth.ts';
import { upkeepOf } from '../upkeep.ts';
import { certify } from './certification.ts';

/** Wants nothing but what certifies the champion, as fast as slots allow: for `ratchet certify`. */
export const certifier: Judge = (state, freeSlots, context) => {
  const { commit } = championOn(state, context.conditions.hardware);
  const reference = referenceOf(state, commit, context.conditions);
  const knowledge = knowledgeOf(state, context.conditions, reference, { kind: 'none' });
  const question = { state, context, knowledge, ideas: 'scarce' } as const;
  const { wanted, withdrawals, certificates } = certify(question, 'demanded');
  // Certificates need the noise, where the study did not learn it yet.
  const isKnown = knowledge.noise.freedom >= LEAST_FREEDOM;
  const upkeep = isKnown || wanted.length > 0 ? undefined : upkeepOf(question, reference, 0);
  const all = [...wanted, ...(upkeep ? [upkeep] : [])];
  return { verdicts: [], withdrawals, certificates, stops: [], wanted: all.slice(0, freeSlots) };
};

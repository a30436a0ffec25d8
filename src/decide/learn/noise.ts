import { learnNoise, type Noise, pairedDifferences, pooled } from '../../statistics/noise.ts';
import { onceATrial } from './once-a-trial.ts';
import { candidateTrials, freshTrials, samplesOf } from './samples.ts';

/** In standard deviations of the champion: a change whose own trials lie further apart is unstable itself. */
const UNSTABLE = 10;

/** From all commits that were run under several seeds, and all changes that met their champion under several. */
export const noiseOf = onceATrial((state, conditions): Noise => {
  const champions: number[][] = [];
  const candidates: number[][] = [];
  for (const [commit, trials] of state.trialsOf) {
    if (trials.length < 2) continue;
    const fresh = samplesOf(freshTrials(state, commit, conditions));
    const all = [...fresh, ...samplesOf(candidateTrials(state, commit, conditions))];
    const values = [...new Map(all.map(({ seed, value }) => [seed, value])).values()];
    if (values.length >= 2) (fresh.length > 0 ? champions : candidates).push(values);
  }
  const isStable = stability(champions);
  const pairs: number[][] = [];
  for (const { proposal } of state.experiments.values()) {
    if ((state.trialsOf.get(proposal.commit)?.length ?? 0) < 2) continue;
    const candidate = samplesOf(candidateTrials(state, proposal.commit, conditions));
    const differences = pairedDifferences(
      candidate,
      samplesOf(freshTrials(state, proposal.parent, conditions)),
    );
    if (differences.length >= 2 && isStable(differences)) pairs.push(differences);
  }
  return learnNoise([...champions, ...candidates.filter(isStable)], pairs);
});

/** One change that scores well under one seed and breaks down under the next must not hide every later gain. */
function stability(champions: readonly (readonly number[])[]): (values: readonly number[]) => boolean {
  const { variance } = pooled(champions);
  if (variance === 0) return () => true;
  return (values) => pooled([values]).variance <= UNSTABLE ** 2 * variance;
}

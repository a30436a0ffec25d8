import { referenceOf } from '../../src/decide/learn/reference.ts';
import { JUDGES } from '../../src/engine/judges.ts';
import type { Judge, JudgeContext, Stop as Stopped } from '../../src/model/judge.ts';
import { championOn, type StudyState } from '../../src/model/study.ts';
import { CHECKPOINTS } from '../../src/model/trial.ts';
import { meanOf } from '../../src/statistics/noise.ts';
import { type Policy, plainScreen, type Stop } from './policy.ts';
import { conditions, SimulatedStudy, type Told } from './simulated-study.ts';
import type { World } from './world.ts';

const TOLD: Readonly<Record<Stop | 'short trials', Told>> = {
  none: 'nothing',
  plain: 'progress',
  own: 'progress',
  'short trials': 'short trials',
};

/** The judge that studies get, through the same fold over the same events as a real study. */
export function product(stop: Stop | 'short trials'): Policy {
  return (world) => {
    const judge = stop === 'plain' ? withPlainScreen(world) : JUDGES.posterior;
    const study = new SimulatedStudy(world, judge, TOLD[stop]);
    study.run();
    return { value: championValue(study.state), certified: study.certified };
  };
}

function championValue(state: StudyState): number {
  const { samples } = referenceOf(state, championOn(state, conditions.hardware).commit, conditions);
  return meanOf(samples.map(({ value }) => value));
}

/** The judge with everybody's early stop in place of its own. */
function withPlainScreen(world: World): Judge {
  return (state, freeSlots, context) => ({
    ...JUDGES.posterior(state, freeSlots, context),
    stops: plainStops(world, state, context),
  });
}

function plainStops(world: World, state: StudyState, { progress }: JudgeContext): Stopped[] {
  return [...progress].flatMap(([trial, points]) => {
    const running = state.running.get(trial)!;
    if (running.purpose !== 'candidate' || state.trialsOf.get(running.commit)!.length > 1) return [];
    const { commit } = championOn(state, conditions.hardware);
    const { trials } = referenceOf(state, commit, conditions);
    const [metric] = Object.keys(points[0]!.values);
    const reference = (checkpoint: number) =>
      meanOf(trials.map((other) => other.trial.curve[checkpoint]!.values[metric!]!));
    const curve = points.map(({ values }) => values[metric!]!);
    if (trials.length === 0 || plainScreen(world, reference)(curve)) return [];
    const gain = curve.at(-1)! - reference(curve.length - 1);
    const forecast = { progress: CHECKPOINTS[curve.length - 1]!, gain, deviation: world.setting.sigma };
    return { trial, forecast, reason: 'not ahead' };
  });
}

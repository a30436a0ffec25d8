import { greedy } from '../src/decide/greedy.ts';
import type { Commit } from '../src/model/identity.ts';
import type { Decision, Judge, Judgement, Stop, WantedTrial } from '../src/model/judge.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../src/model/study.ts';
import type { EndedTrial, Outcome } from '../src/model/trial.ts';
import type { TemporaryLab } from './temporary-lab.ts';
import { createTemporaryLab } from './temporary-lab.ts';

/** The greedy judge, whose decisions are changed on their way. */
export function adjusted(
  change: (decision: Decision, state: StudyState, freeSlots: number) => Partial<Decision>,
): Judge {
  return (state, freeSlots, context) => {
    const decision = greedy(state, freeSlots, context);
    return { ...decision, ...change(decision, state, freeSlots) };
  };
}

/** Under this seed the lab below comes to its end, whatever it is worth. */
const PATIENT_SEED = 2;

/**
 * A lab that tells its loss after a fifth of the way; where that is above 10 it goes on for ever, with a process that hides
 * in a session of its own, unless the seed is the patient one.
 */
export function createStreamingLab(): TemporaryLab {
  return createTemporaryLab({
    files: {
      'value.mjs': 'export const value = 10;\n',
      'run.mjs': `
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { value } from './value.mjs';
const tell = (point) => appendFileSync(process.env.RATCHET_METRICS, JSON.stringify(point) + '\\n');
tell({ progress: 0.05, loss: 99 });
if (value > 10 && process.env.RATCHET_SEED !== '${PATIENT_SEED}') {
  spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  tell({ progress: 0.2, loss: value });
  setInterval(() => {}, 1000);
} else {
  tell({ progress: 0.2, loss: value });
  tell({ progress: 1, loss: value });
  console.log('score:', value);
}
`,
    },
  });
}

/**
 * Stops every candidate whose loss is above 10, parks it, and tries it once more, to its end, when nothing else is open.
 * @param onStop is told of each decision about a stop, before it is taken
 */
export function impatient(
  onStop: (moment: 'asked' | 'ended', trial: number) => void = () => undefined,
): Judge {
  return (state, freeSlots, context) => {
    const base = greedy(state, freeSlots, context);
    const stops: Stop[] = [...context.progress].flatMap(([trial, points]) => {
      const loss = points.at(-1)?.values.loss ?? 0;
      if (loss <= 10 || state.running.get(trial)?.seed === PATIENT_SEED) return [];
      onStop('asked', trial);
      const forecast = { progress: points.at(-1)!.progress, gain: 10 - loss, deviation: 0.5 };
      return { trial, forecast, reason: 'worse than the champion was by then' };
    });
    const parked = [...state.parked].map((id) => state.experiments.get(id)!);
    const judged = [
      ...[...state.open].flatMap((id) => {
        const experiment = state.experiments.get(id)!;
        const stopped = endedAs(state, experiment.proposal.commit, 'stopped');
        if (stopped) onStop('ended', stopped.trial);
        return stopped ? forecastOn(experiment, stopped) : [];
      }),
      ...parked.flatMap((experiment) => {
        const whole = endedAs(state, experiment.proposal.commit, 'completed');
        return whole ? measuredOn(experiment, whole) : [];
      }),
    ];
    const again = parked.map(
      ({ proposal }): WantedTrial => ({
        commit: proposal.commit,
        purpose: 'candidate',
        seed: PATIENT_SEED,
        worth: 0,
      }),
    );
    const idle = state.open.size === 0 && state.running.size === 0;
    const wanted = base.wanted.filter(({ commit }) => !endedAs(state, commit, 'stopped'));
    return {
      ...base,
      stops,
      verdicts: [...base.verdicts, ...judged],
      wanted: idle ? again.slice(0, freeSlots) : wanted,
    };
  };
}

type Ended<Kind> = EndedTrial & { readonly outcome: Outcome & { readonly kind: Kind } };

function endedAs<Kind extends Outcome['kind']>(
  state: StudyState,
  commit: Commit,
  kind: Kind,
): Ended<Kind> | undefined {
  return endedTrialsOf(state, commit).find((trial): trial is Ended<Kind> => trial.outcome.kind === kind);
}

function forecastOn({ proposal }: Experiment, { trial, outcome }: Ended<'stopped'>): Judgement {
  const { gain, progress, deviation } = outcome.forecast;
  const basis = { kind: 'forecast', progress, deviation } as const;
  const evidence = {
    candidate: 10 - gain,
    parent: 10,
    gain,
    candidateTrials: [trial],
    parentTrials: [],
    basis,
  };
  return {
    experiment: proposal.experiment,
    verdict: { kind: 'discard', reason: outcome.reason, evidence },
  };
}

function measuredOn({ proposal }: Experiment, { trial, outcome }: Ended<'completed'>): Judgement {
  const candidate = outcome.measurement.value;
  const evidence = {
    candidate,
    parent: 10,
    gain: 10 - candidate,
    candidateTrials: [trial],
    parentTrials: [],
  };
  return {
    experiment: proposal.experiment,
    verdict: { kind: 'discard', reason: 'worse at its end too', evidence },
  };
}

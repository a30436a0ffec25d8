import process from 'node:process';
import type { ExperimentId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import type { EndedTrial } from '../model/trial.ts';
import { oneLine } from '../process/one-line.ts';
import { outcomeSentence } from './outcome.ts';

/** Writes a line to standard error for each trial that ended since, and for each certificate and withdrawal. */
export function openProgress(before: StudyState, allowed: number): (state: StudyState) => void {
  const first = before.nextTrial;
  let ended = before.ended.size;
  let certificates = before.certificates.length;
  const withdrawn = new Set(before.withdrawn.keys());
  return (state) => {
    const lines = [...state.ended.values()].slice(ended).map((trial) => {
      return `trial ${trial.trial - first + 1} of at most ${allowed}: ${trialText(trial)}`;
    });
    ended = state.ended.size;
    for (const { of, trials } of state.certificates.slice(certificates)) {
      const what = of.kind === 'change' ? `#${of.experiment}` : 'the champion as a whole';
      lines.push(`${what} is certified, on ${trials} fresh trials`);
    }
    certificates = state.certificates.length;
    for (const [id, reason] of state.withdrawn) {
      if (withdrawn.has(id)) continue;
      withdrawn.add(id);
      lines.push(`#${id} leaves the champion: ${oneLine(reason)}`);
    }
    for (const line of lines) process.stderr.write(`${line}\n`);
  };
}

function trialText({ outcome, purpose, switchedOff }: EndedTrial): string {
  const what =
    outcome.kind === 'completed' ? String(outcome.measurement.value) : oneLine(outcomeSentence(outcome));
  const setting = purpose === 'transfer' ? ', in the larger setting' : '';
  const off = switchedOff?.experiments ?? [];
  return `${what}${setting}${off.length === 0 ? '' : `, without ${off.map(named).join(' ')}`}`;
}

function named(id: ExperimentId): string {
  return `#${id}`;
}

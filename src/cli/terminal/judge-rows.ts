import { type Setting, settingOf } from '../../decide/learn/setting.ts';
import type { StopRisk } from '../../decide/learn/stop-risk.ts';
import { counted } from '../../lab/numbers.ts';
import type { NoiseStanding } from '../../model/noise-standing.ts';
import type { Objective } from '../../model/objective.ts';
import type { StudyState } from '../../model/study.ts';
import type { Conditions } from '../../model/trial.ts';
import { oneLine } from '../../process/one-line.ts';

/** What the judge of a study goes by at present, in words: title and text of each line. None before the first trial. */
export function judgeFacts(state: StudyState): [title: string, text: string][] {
  const conditions = lastConditions(state);
  if (conditions === undefined) return [];
  if (state.engine?.judge === 'greedy')
    return [['judge', 'greedy: every score is taken as it is, luck included']];
  const { objective } = state.study;
  const setting = settingOf(state, conditions);
  const facts: [string, string][] = [['noise', noiseText(setting.noise, objective)]];
  if (setting.noise.kind !== 'learned') return facts;
  const { inOne, inFour } = setting.tellable;
  const told = [
    inOne === undefined ? [] : `${amount(inOne, objective)} in one trial`,
    inFour === undefined ? [] : `${amount(inFour, objective)} in four`,
  ].flat();
  const least =
    told.length === 0 ? 'no gain is told from luck yet' : `told from luck: gains from ${told.join(', ')}`;
  const share = `${Math.round(setting.gains * 100)}% of changes are taken to be gains`;
  facts.push(['judge', `${least}; ${share}; a slot earns about ${amount(setting.rate, objective)} a trial`]);
  facts.push(['early stop', stopText(setting.stopRisk)]);
  const standing = standingText(state, setting);
  return standing === undefined ? facts : [...facts, ['keeps', standing]];
}

function stopText(risk: StopRisk | undefined): string {
  if (risk === undefined) return 'none: the lab reports no progress yet that foretells the end of a trial';
  const { expected, audited, stopped, lost } = risk;
  const chance = expected < 0.005 ? 'under 1%' : `about ${Math.round(expected * 100)}%`;
  const text = `a gain that one trial would show is lost with a chance of ${chance}`;
  if (audited === 0) return `${text}; no trial was let run yet to see`;
  return `${text}; of ${audited} let run to see, ${stopped} would be stopped, and ${lost} of these were kept`;
}

function lastConditions(state: StudyState): Conditions | undefined {
  return [...state.ended.values()].at(-1)?.conditions;
}

function noiseText(noise: NoiseStanding, objective: Objective): string {
  switch (noise.kind) {
    case 'unknown':
      return `not known yet: ${noise.freedom} of 5 repeats; it is learned from the champion's runs among the first proposals; a program with \`deterministic: true\` needs none`;
    case 'seed-not-controlled':
      return 'seed not controlled: runs under different seeds score the same, so nothing will be certified; read RATCHET_SEED in the lab, or declare it `deterministic: true`';
    case 'learned': {
      const shared = Math.round(noise.correlation * 100);
      const range = `${amount(noise.low)} to ${amount(noise.high)}, by ${counted(noise.freedom, 'repeat')}`;
      return `sigma ${amount(noise.sigma, objective)} (${range}); equal seeds share ${shared}% of it`;
    }
    default:
      return noise satisfies never;
  }
}

function standingText(state: StudyState, { expectedLuck, discoveries }: Setting): string | undefined {
  const certified = state.certificates.filter(({ of }) => of.kind === 'change').length;
  const withdrawn = state.withdrawn.size;
  if (expectedLuck === 0 && certified === 0 && withdrawn === 0) return undefined;
  const out = withdrawn === 0 ? '' : `, ${withdrawn} withdrawn`;
  const found =
    discoveries.tests === 0
      ? ''
      : ` (e-LOND: ${discoveries.standing} of ${discoveries.tests} tested stand at 5%)`;
  return `${certified} certified${found}${out}; of the provisional ones ${expectedLuck.toFixed(1)} are expected to be luck`;
}

function amount(value: number, objective?: Objective): string {
  const digits = String(Number(value.toPrecision(2)));
  return objective === undefined || objective.unit === '' ? digits : `${digits} ${oneLine(objective.unit)}`;
}

import type { Objective } from '../../model/objective.ts';
import type { Site } from '../sites/site.ts';
import type { Attempt } from './history.ts';
import type { Basis, Move } from './move.ts';

/** The sentence that a person reads: what changes, why now, what is expected. */
export function hypothesisOf(moves: readonly Move[], objective: Objective, reason?: string): string {
  const changes = moves.map(changeOf).join(', and ');
  const [only] = moves;
  const why = reason ?? (only === undefined ? '' : whyNow(only.site, only.basis, objective));
  return `${changes}: ${why}`;
}

/** How the second of two differs. */
const TWICE: Readonly<Record<string, string>> = {
  'twice-half': ', with half the number the second time',
  'twice-double': ', with double the number the second time',
};

function changeOf({ site, value, text }: Move): string {
  switch (site.kind) {
    case 'number': {
      const verb = Number(value) > site.value ? 'raise' : 'lower';
      return `${verb} ${site.name} from ${site.text} to ${text}`;
    }
    case 'choice':
      if (site.family === 'duplicate') return `write ${site.name} twice${TWICE[value] ?? ''}`;
      if (site.family === 'kin') return `call ${value} in place of ${site.name}`;
      if (value === 'true' || value === 'false')
        return `turn ${site.name} ${value === 'true' ? 'on' : 'off'}`;
      return `switch ${site.name} from '${site.value}' to '${value}'`;
    case 'removal':
      return text === '' || text === 'pass'
        ? `remove \`${site.excerpt}\` from ${site.name}`
        : `simplify \`${site.excerpt}\` to \`${text}\` in ${site.name}`;
    default:
      return site satisfies never;
  }
}

export function whyNow(site: Site, basis: Basis, objective: Objective): string {
  if (site.kind === 'removal') return 'if the score holds without it, the file is simpler';
  switch (basis.kind) {
    case 'untried':
      return site.kind === 'number' ? 'it was never moved' : 'never tried';
    case 'momentum':
      return `the step from ${basis.kept.edit.from} to ${basis.kept.edit.value} gained ${amount(basis.gain, objective)}, so one more may gain again`;
    case 'other-side':
      return `${basis.failed.edit.value} ${became(basis.failed, objective)}, so the other side is open`;
    case 'shorter-step':
      return `the longer step to ${basis.failed.edit.value} ${became(basis.failed, objective)}`;
    case 'returns':
      return `it ${became(basis.failed, objective)} on an earlier champion (#${basis.failed.experiment}), and ${basis.keeps === 1 ? 'one change was' : `${basis.keeps} changes were`} kept since`;
    case 'others-tried':
      return basis.best === undefined
        ? `not yet tried, after ${times(basis.count)} at other values`
        : `'${basis.best.edit.value}' ${became(basis.best, objective)} and this was not yet tried`;
    default:
      return basis satisfies never;
  }
}

function times(count: number): string {
  return count === 1 ? 'one trial' : `${count} trials`;
}

/** `lost 0.012 bits/byte`, `crashed`: what became of an attempt. */
export function became({ result }: Attempt, objective: Objective): string {
  switch (result.kind) {
    case 'keep':
    case 'discard':
      if (result.gain === 0) return 'changed nothing';
      return `${result.gain > 0 ? 'gained' : 'lost'} ${amount(Math.abs(result.gain), objective)}`;
    case 'broken':
      return { crash: 'crashed', timeout: 'ran out of time', invalid: 'gave no valid score' }[result.word];
    case 'inconclusive':
      return 'stayed undecided';
    default:
      return result satisfies never;
  }
}

export function amount(value: number, { unit, name }: Objective): string {
  return `${Number(value.toPrecision(2))} ${unit === '' ? `of ${name}` : unit}`;
}

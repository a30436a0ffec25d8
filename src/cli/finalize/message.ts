import { shellWord } from '../../lab/shell-word.ts';
import { shorten } from '../../model/bound.ts';
import type { Objective } from '../../model/objective.ts';
import { oneLine } from '../../process/one-line.ts';
import type { KeptChange } from '../../record/findings/stack.ts';
import { type Amounts, amountsOf } from '../../record/report/amounts.ts';

/** Which study a commit comes from, as a reader of it can name it at the root of the repository. */
export interface Source {
  readonly study: string;
  readonly objective: Objective;
  /** The lab's folder in the repository, `.` for the root. */
  readonly lab: string;
}

const LONGEST_SUBJECT = 72;
const WIDTH = 76;

/** The message of a commit that holds one kept change: what and why, what it is worth, and where the evidence is. */
export function messageOf(change: KeptChange, source: Source): string {
  const { experiment, hypothesis, researcher } = change;
  const subject = subjectOf(hypothesis);
  return [
    subject,
    ...(subject === plain(hypothesis) ? [] : ['', wrapped(plain(hypothesis))]),
    '',
    wrapped(effectSentence(change, source.objective)),
    '',
    `Evidence, trials and diff: ratchet show ${experiment} ${namedBy(source)}`,
    `Run it again: ratchet replay ${experiment} ${namedBy(source)}`,
    '',
    `Ratchet-Study: ${source.study}`,
    `Ratchet-Experiment: ${experiment}`,
    `Ratchet-Researcher: ${plain(researcher)}`,
    '',
  ].join('\n');
}

/** The message of one commit that holds several. */
export function squashedMessage(changes: readonly KeptChange[], source: Source): string {
  if (changes.length === 1) return messageOf(changes[0]!, source);
  const { name } = source.objective;
  const ids = changes.map(({ experiment }) => experiment);
  return [
    `Improve ${shorten(oneLine(name), 40)} by ${changes.length} changes`,
    '',
    ...changes.flatMap((change) => [
      wrapped(
        `- ${plain(change.hypothesis)} (experiment ${change.experiment}). ${effectSentence(change, source.objective)}`,
      ),
      '',
    ]),
    `Evidence, trials and diff of each: ratchet show NUMBER ${namedBy(source)}`,
    '',
    `Ratchet-Study: ${source.study}`,
    `Ratchet-Experiments: ${ids.join(' ')}`,
    '',
  ].join('\n');
}

/** Up to the reason, where the hypothesis gives one. */
function subjectOf(hypothesis: string): string {
  const text = plain(hypothesis);
  return shorten(/^(.{8,}?): /.exec(text)?.[1] ?? text, LONGEST_SUBJECT);
}

/**
 * A hypothesis as a commit may hold it: on one line, and nothing in it closes an issue, mentions a person, links anywhere or keeps the
 * checks from running when the commit is pushed.
 */
function plain(text: string): string {
  return (
    oneLine(text)
      .replace(/(?:[\w.-]+\/[\w.-]+)?#(?=\d)/g, 'experiment ')
      .replace(/@(?=\w)/g, '@ ')
      .replace(/:\/\//g, ': //')
      .replace(/\bGH-(?=\d)/gi, 'experiment ')
      // `[skip ci]`, `[no ci]`, `[actions skip]` and their kin, and `***NO_CI***`.
      .replace(/\[(?=\s*(?:skip|no|[\w-]+\s+skip)\b)/gi, '[ ')
      .replace(/\*{3}(?=NO_CI\b)/gi, '')
  );
}

function effectSentence({ effect, standing, ground }: KeptChange, objective: Objective): string {
  if (effect === undefined) return `Kept by its verdict (${standing}).`;
  const amounts: Amounts = amountsOf(objective, effect.value);
  const interval = amounts.interval(effect);
  const range = interval === '' ? '' : ` (95%: ${interval})`;
  const simpler = ground === 'simpler' ? ', kept since it is simpler' : '';
  return `Effect on ${oneLine(objective.name)}, positive is better: ${amounts.gainWithUnit(effect.value)}${range}, ${standing}, by ${effect.by === 'certificate' ? 'fresh trials with and without it' : `its ${effect.by}`}${simpler}.`;
}

function namedBy({ lab, study }: Source): string {
  return `--lab ${shellWord(lab)} --study ${study}`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

import type { Nature } from './edit.ts';
import { meanText, meanWithInterval } from './intervals.ts';
import type { Kept, Outcome } from './outcome.ts';
import { PLANTED } from './planted.ts';
import { pairedScores, type Scores } from './remeasure.ts';

const count = ({ kept }: Outcome, ...natures: readonly Nature[]) =>
  kept.filter(({ nature }) => natures.includes(nature)).length;
const standing = ({ kept }: Outcome, ...natures: readonly Nature[]) =>
  kept.filter(({ nature, stands }) => stands && natures.includes(nature)).length;

/** What a row of the table says of each judge. */
type Row = readonly [label: string, cell: (outcome: Outcome) => string | number];

const EFFORT: readonly Row[] = [
  ['verdicts', ({ verdicts }) => verdicts],
  ['trials', ({ trials }) => trials],
  ['of them stopped early', ({ stopped }) => stopped],
  ['minutes', ({ minutes }) => minutes.toFixed(1)],
];

const NO_OP_ROWS: readonly Row[] = [
  ...EFFORT,
  ['kept, all of it luck', ({ kept }) => kept.length],
  ['in the champion at the end', (outcome) => standing(outcome, 'no-op')],
  ['withdrawn', ({ withdrawn }) => withdrawn.length],
  ['certified', ({ certified, certifiedStacks }) => certified.length + certifiedStacks],
];

const PLANTED_ROWS: readonly Row[] = [
  ...EFFORT,
  ['gains kept, of 10', (outcome) => count(outcome, 'gain')],
  ['false keeps: no-ops', (outcome) => count(outcome, 'no-op')],
  ['false keeps: harms, of 10', (outcome) => count(outcome, 'harm')],
  ['at the end: gains', (outcome) => standing(outcome, 'gain')],
  ['at the end: no-ops and harms', (outcome) => standing(outcome, 'no-op', 'harm')],
  ['withdrawn', ({ withdrawn }) => withdrawn.length],
  ['certified', ({ certified }) => certified.length],
];

const LABEL = 34;
const CELL = 22;

const lineOf = (label: string, cells: readonly (string | number)[]) =>
  [label.padEnd(LABEL), ...cells.map((cell) => String(cell).padStart(CELL))].join('');

function rowsOf(rows: readonly Row[], outcomes: readonly Outcome[]): string[] {
  return [
    lineOf(
      '',
      outcomes.map(({ judge }) => judge),
    ),
    ...rows.map(([label, cell]) => lineOf(label, outcomes.map(cell))),
  ];
}

/** The table of an A/A study: every keep is false. */
export function noOpLines(outcomes: readonly Outcome[]): string[] {
  const keeps = outcomes.flatMap(({ judge, kept }) =>
    kept.map(
      ({ name, trial, stands }) =>
        `${judge} kept "${name}" at trial ${trial}${stands ? '' : ', not for good'}`,
    ),
  );
  return [...rowsOf(NO_OP_ROWS, outcomes), ...keeps];
}

/** The table of a planted study: what was found, and when. */
export function plantedLines(outcomes: readonly Outcome[], scores: Scores): string[] {
  const found = PLANTED.map(({ name, nature }) =>
    lineOf(
      `${nature}: ${name}`.slice(0, LABEL - 1),
      outcomes.map(({ kept }) => whenText(kept.find((one) => one.name === name))),
    ),
  );
  return [
    ...rowsOf(PLANTED_ROWS, outcomes),
    '',
    'first kept at trial (minute); * not in the champion at the end',
    ...found,
    '',
    ...scoreLines(scores),
  ];
}

function whenText(kept: Kept | undefined): string {
  if (kept === undefined) return '-';
  return `${kept.trial} (${kept.minutes.toFixed(1)})${kept.stands ? '' : ' *'}`;
}

/** Means over fresh seeds with intervals of 95%, and what each is better by than the one before it, under equal seeds. */
export function scoreLines(scores: Scores): string[] {
  const names = [...scores.keys()];
  const means = names.map((name) => {
    const values = (scores.get(name) ?? []).filter((value) => value !== undefined);
    return `${name.padEnd(LABEL)}${meanText(meanWithInterval(values))} (${values.length} seeds)`;
  });
  const pairs = names.flatMap((name, index) => names.slice(index + 1).map((other) => [name, other] as const));
  const differences = pairs.map(([one, other]) => {
    const label = `${other} minus ${one}`;
    return `${label.padEnd(LABEL)}${meanText(meanWithInterval(pairedScores(scores, other, one)))}`;
  });
  return ['bits a byte under fresh seeds, with intervals of 95%; lower is better', ...means, ...differences];
}

import { counted } from '../../lab/numbers.ts';
import { shellWord } from '../../lab/shell-word.ts';
import { shorten } from '../../model/bound.ts';
import type { Commit, ExperimentId, StudyId } from '../../model/identity.ts';
import type { Objective } from '../../model/objective.ts';
import type { KnownEffect } from '../../model/stack-report.ts';
import { oneLine } from '../../process/one-line.ts';
import type { KeptChange } from '../../record/findings/stack.ts';
import { amountsOf } from '../../record/report/amounts.ts';
import { outcomeSentence } from '../outcome.ts';
import { type Column, formatTable } from '../table.ts';
import { span, type Tone } from '../terminal/paint.ts';
import type { LeftOut, Plan, PlannedBranch } from './branches.ts';
import type { Remeasured } from './measure.ts';

/** A branch that is made, or was there. */
export interface FinalBranch extends PlannedBranch {
  /** What the study knows of its changes; of several together nothing. */
  readonly effect?: KnownEffect;
  /** Measured again over what it stands on; absent where it was not. */
  readonly again?: KnownEffect;
  /** For people: one change's hypothesis, or how many there are. */
  readonly what: string;
}

export interface Finished {
  readonly study: StudyId;
  readonly objective: Objective;
  readonly onto: { readonly name: string; readonly commit: Commit };
  readonly branches: readonly FinalBranch[];
  readonly leftOut: readonly LeftOut[];
  readonly provisional: readonly ExperimentId[];
}

interface About extends Pick<Finished, 'study' | 'objective' | 'onto' | 'provisional'> {
  readonly changes: readonly KeptChange[];
}

/** What is left of the plan once it was measured: no branch of what fails, or is worse for sure, nor of what stands on such a one. */
export function finish(
  { branches, leftOut }: Plan,
  measured: readonly Remeasured[] | undefined,
  { changes, ...about }: About,
): Finished {
  const out: LeftOut[] = [...leftOut];
  const gone = new Set<ExperimentId>();
  const left = branches.flatMap((branch, index): FinalBranch[] => {
    const again = measured?.[index];
    const reason = reasonAgainst(again) ?? missingBelow(branch, gone);
    if (reason !== undefined) {
      for (const experiment of branch.changes) {
        out.push({ experiment, reason });
        gone.add(experiment);
      }
      return [];
    }
    const only =
      branch.changes.length === 1
        ? changes.find(({ experiment }) => experiment === branch.changes[0])
        : undefined;
    return [
      {
        ...branch,
        ...(only?.effect && { effect: only.effect }),
        ...(again?.kind === 'measured' ? { again: again.effect } : {}),
        what:
          only?.hypothesis ??
          `${counted(branch.changes.length, 'change')}: ${branch.changes.map((id) => `#${id}`).join(', ')}`,
      },
    ];
  });
  return { ...about, branches: left, leftOut: out };
}

function reasonAgainst(again: Remeasured | undefined): string | undefined {
  if (again?.kind === 'failed') {
    const who =
      again.who === 'itself' ? 'it fails on this commit' : 'what it would stand on yields no measurement';
    return `${who}, in trial ${again.trial}: ${outcomeSentence(again.outcome)}`;
  }
  if (again?.kind !== 'measured') return undefined;
  const { value, interval } = again.effect;
  const isWorse = interval === undefined ? value < 0 : interval.high < 0;
  return isWorse
    ? `measured again on this commit it is worse, by ${Number((-value).toPrecision(3))}`
    : undefined;
}

function missingBelow({ on }: PlannedBranch, gone: ReadonlySet<ExperimentId>): string | undefined {
  const below = on.find((id) => gone.has(id));
  return below === undefined ? undefined : `it needs #${below}, which is left out`;
}

const BRANCHES: readonly string[] = ['no branch', '1 branch'];

export function finalLines(
  { branches, leftOut, provisional, objective, onto }: Finished,
  format: { readonly columns: number; readonly colour: boolean },
): string[] {
  const largest = Math.max(
    ...branches.flatMap(({ effect, again }) => [effect, again].map((one) => Math.abs(one?.value ?? 0))),
    0,
  );
  const amounts = amountsOf(objective, largest);
  const heads: Column[] = [
    { title: 'branch', align: 'left' },
    { title: `effect${amounts.unit}`, align: 'right' },
    { title: 'measured again', align: 'right' },
    { title: '95%', align: 'left' },
    { title: 'change', align: 'left' },
  ];
  const rows = branches.map(({ name, effect, again, what, on }) => [
    span(name, 'accent'),
    span(effect ? amounts.gain(effect.value) : ''),
    span(again ? amounts.gain(again.value) : 'not run', toneOf(again)),
    span(again ? amounts.interval(again) : '', 'faint'),
    span(on.length === 0 ? what : `(on ${on.map((id) => `#${id}`).join(', ')}) ${what}`),
  ]);
  const first = branches[0];
  return [
    `${BRANCHES[branches.length] ?? `${branches.length} branches`} on ${onto.name} (${onto.commit.slice(0, 12)})`,
    ...(rows.length === 0 ? [] : formatTable(heads, rows, format)),
    ...leftOut.map(
      ({ experiment, reason }) => `left out: #${experiment}, since ${shorten(oneLine(reason), 500)}`,
    ),
    ...(provisional.length === 0
      ? []
      : [
          `left out: ${provisional.map((id) => `#${id}`).join(', ')}, provisional: "ratchet certify" tests them again; --provisional takes them as they are`,
        ]),
    ...(first === undefined
      ? []
      : [
          '',
          `look:  git show ${shellWord(first.name)}`,
          `then:  git push origin ${shellWord(first.name)}, and open a pull request`,
        ]),
  ];
}

function toneOf(again: KnownEffect | undefined): Tone {
  if (again === undefined) return 'faint';
  return again.value > 0 ? 'good' : 'plain';
}

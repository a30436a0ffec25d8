import { counted } from '../../lab/numbers.ts';
import { shellWord } from '../../lab/shell-word.ts';
import { formatDollars } from '../../lab/units.ts';
import type { StudyLimit } from '../../model/limit.ts';
import type { Spending } from '../../model/spending.ts';
import type { Findings } from '../findings/findings.ts';
import { seconds } from './amounts.ts';
import type { Command, Section } from './document.ts';
import { hourly } from './figures.ts';

/** Changes for which every command is written out; for the others the number is to be changed. */
const MOST_COMMANDS = 12;

/** How to see and repeat what is told, from the root of the repository. `lab` is its folder there, `.` for the root. */
export function repeatSection(findings: Findings, lab: string): Section {
  const named = `--lab ${shellWord(lab)} --study ${findings.study.id}`;
  const inside = findings.changes.filter(({ isInChampion }) => isInChampion);
  const each = inside.slice(0, MOST_COMMANDS).flatMap(({ experiment }): Command[] => [
    { command: `ratchet show ${experiment} ${named}`, what: `evidence, trials and diff of #${experiment}` },
    { command: `ratchet replay ${experiment} ${named}`, what: 'runs its trials again, and compares' },
  ]);
  const all: Command[] = [
    { command: `ratchet log ${named}`, what: 'every experiment' },
    ...(inside.length === 0
      ? []
      : [
          { command: `ratchet diff ${named}`, what: 'what the champion changes, as one diff' },
          { command: `ratchet certify ${named}`, what: 'tests what is provisional again on fresh seeds' },
        ]),
    { command: `ratchet replay baseline ${named}`, what: 'runs the baseline again' },
  ];
  const more =
    inside.length > MOST_COMMANDS
      ? [
          {
            kind: 'text',
            text: `${inside.length - MOST_COMMANDS} more changes: the same with their numbers.`,
          } as const,
        ]
      : [];
  return {
    title: 'See it and repeat it',
    blocks: [
      { kind: 'text', text: 'At the root of the repository:' },
      { kind: 'commands', commands: [...all, ...each] },
      ...more,
    ],
  };
}

export function costSection({ spent, experiments }: Findings): Section {
  const { activeSeconds, trials, budget, researchers } = spent;
  const pace = experiments.perHour === undefined ? '' : `, ${hourly(experiments.perHour)} an hour`;
  return {
    title: 'Cost and time',
    blocks: [
      {
        kind: 'list',
        items: [
          `${counted(experiments.judged, 'experiment')} in ${seconds(activeSeconds)} of work${pace}.`,
          `${counted(trials.count, 'trial')}: ${seconds(trials.cpuSeconds)} of CPU time, ${seconds(trials.wallSeconds)} of wall time.`,
          ...researchers.map(({ name, ...spending }) => `${name}: ${spendingText(spending)}.`),
          ...budget.map(({ limit, used }) => `${budgetText(limit, used)}.`),
        ],
      },
    ],
  };
}

function spendingText({ calls, inputTokens, outputTokens, dollars, callsWithoutPrice }: Spending): string {
  const price =
    callsWithoutPrice === calls
      ? 'no price known'
      : `${formatDollars(dollars)}${callsWithoutPrice > 0 ? ` and ${counted(callsWithoutPrice, 'call')} without a known price` : ''}`;
  return `${counted(calls, 'call')}, ${inputTokens} tokens in, ${outputTokens} out, ${price}`;
}

function budgetText(limit: StudyLimit, used: number): string {
  switch (limit.kind) {
    case 'time':
      return `${seconds(Math.max(0, limit.seconds - used))} of the study's ${seconds(limit.seconds)} are left`;
    case 'experiments':
      return `${Math.max(0, limit.count - used)} of the study's ${counted(limit.count, 'experiment')} are left`;
    case 'cost':
      return `${formatDollars(Math.max(0, limit.dollars - used))} of the study's ${formatDollars(limit.dollars)} are left`;
    case 'tokens':
      return `${Math.max(0, limit.count - used)} of the study's ${limit.count} tokens are left`;
    case 'proposals':
      return `${Math.max(0, limit.count - used)} of the study's ${counted(limit.count, 'paid proposal')} are left`;
    default:
      return limit satisfies never;
  }
}

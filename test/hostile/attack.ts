import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileChange } from '../../src/model/proposal.ts';
import type { Researcher } from '../../src/model/researcher.ts';
import type { StudyState } from '../../src/model/study.ts';
import { enforcementHere } from '../../src/process/enforcement.ts';
import { createEvaluatedLab, createScriptLab, linesOf } from '../bad-input/scripts.ts';
import { reasonToSkip } from '../crash/strace.ts';
import { userStateOf } from '../crash/user-state.ts';
import { draftingResearcher, researchLab, verdictsOf } from '../session.ts';
import type { TemporaryLab } from '../temporary-lab.ts';
import { gitStateOf, groupsOf, isSandboxed, processesIn } from './remains.ts';

/** One candidate that does what it should not, and what becomes of it. */
export interface Attack {
  /** What is promised about it: the name of its test. */
  readonly promise: string;
  /** Who tells the score. @default evaluated: the length of `answer.txt`, which is 10 for the baseline */
  readonly scoring?: 'evaluated' | 'evaluated by its own program' | 'candidate-reported';
  /** What the machine must have, beside a sandbox, for the promise to hold in full. @default nothing */
  readonly needs?: 'control groups';
  /** Front matter beside the usual one. */
  readonly program?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Makes what the attack aims at, after the lab is committed; what it returns is undone at the end. */
  readonly prepare?: (lab: TemporaryLab) => Disposable | undefined;
  /** The content of `trial.sh`, or changes that are more than that; several are tried one after the other. */
  readonly candidates: readonly Candidate[] | ((lab: TemporaryLab) => readonly Candidate[]);
  /** One line for each candidate, as `discard: no difference`. */
  readonly verdicts: readonly (string | RegExp)[];
  /** What an honest candidate does afterwards that is better than the baseline. @default what makes the shortest answer */
  readonly honest?: string;
  /** What else must hold, once the study has ended and the machine was found clean. */
  readonly afterwards?: (lab: TemporaryLab, state: StudyState) => void | Promise<void>;
}

type Candidate = string | readonly FileChange[] | { readonly hypothesis: string; readonly script: string };

/** What honest code leaves for the evaluation: neither better nor worse than the baseline. */
export const SAME = 'printf 0123456789 > answer.txt';
/** What is better than anything that an attack may get. */
const BETTER = 'printf 1 > answer.txt';

/** A script that scores better where a command succeeds: then the attack did, and its verdict is a keep. */
export function gainIf(command: string): string {
  return `if ${command}; then printf 12 > answer.txt; else ${SAME}; fi`;
}

/** As `gainIf`, for Node: `attempt` is the body of an async function that gives whether it succeeded. */
export function gainIfNode(attempt: string): string {
  return [
    "cat > attempt.mjs <<'END'",
    "import * as fs from 'node:fs';",
    "import * as net from 'node:net';",
    `const attempt = async () => { ${attempt} };`,
    'const succeeded = await attempt().catch((error) => { console.error(error.message); return false; });',
    "fs.writeFileSync('answer.txt', succeeded ? '12' : '0123456789');",
    'END',
    'node attempt.mjs',
  ].join('\n');
}

const missing = reasonToSkip(
  isSandboxed(enforcementHere())
    ? undefined
    : 'nothing holds candidates on this machine: see `ratchet doctor`',
);

const lackingGroups =
  missing ??
  reasonToSkip(enforcementHere().groups.kind === 'none' ? 'there are no control groups here' : undefined);

/** Tries every attack of a folder beside the caller: each file there is one. */
export async function tryAttacks(folder: string): Promise<void> {
  const attacks = await attacksIn(join(import.meta.dirname, folder));
  describe.skipIf(missing !== undefined)(missing ?? folder, () => {
    for (const attack of attacks) {
      const lacking = attack.needs === undefined ? undefined : lackingGroups;
      test.skipIf(lacking)(lacking ? `${attack.promise}: ${lacking}` : attack.promise, () =>
        tryAttack(attack),
      );
    }
  });
}

async function attacksIn(folder: string): Promise<Attack[]> {
  const names = readdirSync(folder).toSorted();
  const files = await Promise.all(names.map((name) => import(join(folder, name))));
  return files.map(({ attack }: { attack: Attack }) => attack);
}

/** The baseline, the attack, then an honest candidate that is judged as if nothing had been; and nothing is left of it all. */
async function tryAttack(attack: Attack): Promise<void> {
  const scoring = attack.scoring ?? 'evaluated';
  using lab = (scoring === 'evaluated' ? createEvaluatedLab : createScriptLab)(attack.program, attack.files);
  using _prepared = attack.prepare?.(lab);
  const before = { beside: readdirSync(dirname(lab.root)), user: userStateOf(lab), git: gitStateOf(lab) };
  const candidates = typeof attack.candidates === 'function' ? attack.candidates(lab) : attack.candidates;
  const honest = attack.honest ?? (scoring === 'candidate-reported' ? 'echo score: 1' : BETTER);
  const { state } = await researchLab(lab, { researcher: researcherWith([...candidates, honest]) });

  const verdicts = linesOf(verdictsOf(state));
  expect(verdicts).toEqual([
    ...attack.verdicts.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
    expect.stringMatching(/^keep: better by \d+ points$/),
  ]);
  const faults = [...state.ended.values()].filter(({ outcome }) => outcome.kind === 'fault');
  expect(faults, 'no attack passes for a fault of the machine').toEqual([]);
  expect(processesIn(dirname(lab.root)), 'processes left behind').toEqual([]);
  expect(groupsOf(state.study.study), 'control groups left behind').toEqual([]);
  expect(readdirSync(dirname(lab.root)), 'files left beside the repository').toEqual(before.beside);
  expect(userStateOf(lab), 'the repository of the user').toEqual(before.user);
  expect(gitStateOf(lab), 'settings and hooks of the user').toEqual(before.git);
  await attack.afterwards?.(lab, state);
}

/** Proposes the candidates in order, under hypotheses of their own where they have such. */
function researcherWith(candidates: readonly Candidate[]): Researcher {
  const drafting = draftingResearcher(candidates.map(changesOf));
  return {
    ...drafting,
    propose: async (...asked) => {
      const drafts = await drafting.propose(...asked);
      return drafts.map((draft) => {
        const candidate = candidates[Number(draft.edit.replace('script=', '')) - 1]!;
        return hypothesisOf(candidate) === undefined
          ? draft
          : { ...draft, hypothesis: hypothesisOf(candidate)! };
      });
    },
  };
}

function hypothesisOf(candidate: Candidate): string | undefined {
  return typeof candidate === 'object' && 'hypothesis' in candidate ? candidate.hypothesis : undefined;
}

function changesOf(candidate: Candidate): readonly FileChange[] {
  if (typeof candidate === 'object' && !('hypothesis' in candidate)) return candidate;
  const script = typeof candidate === 'string' ? candidate : candidate.script;
  return [{ kind: 'write', path: 'trial.sh', content: `${script}\n` }];
}

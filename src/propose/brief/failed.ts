import type { Category } from '../../model/category.ts';
import { type Edit, readEdits } from '../../model/edit.ts';
import { effectOf } from '../../model/effect.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { describe } from './describe.ts';
import { verdictText } from './effect.ts';
import { fencedList, type Item } from './list.ts';
import type { BriefMaterial } from './material.ts';
import { type Section, titled } from './room.ts';
import { type Attempt, hasValues, recordText, siteText } from './site-record.ts';

const LONGEST = 200;
/** Sites of which a line of many changes at once says how often they were among them. */
const MOST_SITES = 6;

type Failure = Experiment & { readonly status: 'judged' };

/** What a line says, and how many experiments it stands for. */
interface Line extends Item {
  readonly group: string;
  readonly count: number;
  readonly newest: ExperimentId;
}

/**
 * Everything that was tried and not kept, by category and by what was edited, so that no dead end is walked twice. Lines that stand for
 * most experiments come first, then the newest.
 */
export function failedSection(material: BriefMaterial, share: number): Section {
  const { state, sources } = material;
  const judged = [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged' ? experiment : [],
  );
  const failures = judged.filter(
    ({ proposal, verdict }) => verdict.kind !== 'keep' || state.withdrawn.has(proposal.experiment),
  );
  if (failures.length === 0) return { share, write: () => '' };
  const headings = headingsOf(judged, state);
  const lines = linesOf(state, failures, headings, sources.size > 1).sort(
    (a, b) => b.count - a.count || b.newest - a.newest,
  );
  const groups = [...headings.values()].filter((heading) => lines.some(({ group }) => group === heading));
  const title = {
    title: 'What failed',
    lead: `${failures.length} of ${judged.length} experiments were not kept. Do not repeat them; where a value lost, those beyond it most likely lose too.`,
  };
  return { share, write: (room) => titled(title, room, (inside) => fencedList(lines, inside, groups)) };
}

/** `optimiser: 12 tried, 1 kept`, the most tried first. */
function headingsOf(judged: readonly Failure[], state: StudyState): Map<Category, string> {
  const counts = new Map<Category, { tried: number; kept: number }>();
  for (const { proposal, verdict } of judged) {
    const count = counts.get(proposal.category) ?? { tried: 0, kept: 0 };
    count.tried++;
    if (verdict.kind === 'keep' && !state.withdrawn.has(proposal.experiment)) count.kept++;
    counts.set(proposal.category, count);
  }
  return new Map(
    [...counts]
      .sort(([, a], [, b]) => b.tried - a.tried)
      .map(([category, { tried, kept }]) => [
        category,
        `${category}: ${tried} tried, ${kept || 'none'} kept`,
      ]),
  );
}

function linesOf(
  state: StudyState,
  failures: readonly Failure[],
  headings: ReadonlyMap<Category, string>,
  withPath: boolean,
): Line[] {
  const bySite = new Map<string, { edit: Edit; failure: Failure }[]>();
  const bundles = new Map<Category, { edits: readonly Edit[]; failure: Failure }[]>();
  const others = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { category, edit, experiment } = failure.proposal;
    const edits = state.withdrawn.has(experiment) ? undefined : readEdits(edit);
    const [only] = edits ?? [];
    if (edits !== undefined && edits.length > 1) push(bundles, category, { edits, failure });
    else if (only !== undefined && hasValues(only))
      push(bySite, `${category} ${siteText(only.site, withPath)}`, { edit: only, failure });
    else push(others, `${category} ${edit}`, failure);
  }
  return [
    ...[...bySite.values()].map((alike) => siteLine(state, alike, headings, withPath)),
    ...[...bundles.values()].map((alike) =>
      alike.length === 1
        ? otherLine(state, [alike[0]!.failure], headings)
        : bundleLine(state, alike, headings, withPath),
    ),
    ...[...others.values()].map((alike) => otherLine(state, alike, headings)),
  ];
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function lineOf(failures: readonly Failure[], headings: ReadonlyMap<Category, string>, text: string): Line {
  const newest = failures.reduce((a, b) => (b.proposal.experiment > a.proposal.experiment ? b : a));
  return {
    text,
    group: headings.get(newest.proposal.category)!,
    count: failures.length,
    newest: newest.proposal.experiment,
  };
}

/** `PUSH: 0.15 worse by about 0.06; 0.42, 0.6 no difference`. */
function siteLine(
  state: StudyState,
  alike: readonly { edit: Edit; failure: Failure }[],
  headings: ReadonlyMap<Category, string>,
  withPath: boolean,
): Line {
  const attempts = alike.map(
    ({ edit, failure: { proposal, verdict } }): Attempt => ({
      edit,
      effect: effectOf(state, proposal.experiment, verdict),
    }),
  );
  return lineOf(
    alike.map(({ failure }) => failure),
    headings,
    `${siteText(alike[0]!.edit.site, withPath)}: ${recordText(attempts)}`,
  );
}

/** `several at once, 120 times: 100 no difference, 20 worse; most often PUSH (80), STEPS (60)`. */
function bundleLine(
  state: StudyState,
  alike: readonly { edits: readonly Edit[]; failure: Failure }[],
  headings: ReadonlyMap<Category, string>,
  withPath: boolean,
): Line {
  const words = new Map<string, number>();
  const sites = new Map<string, number>();
  for (const { edits, failure } of alike) {
    const effect = effectOf(state, failure.proposal.experiment, failure.verdict);
    const word = effect.kind === 'broken' ? effect.word : effect.kind;
    words.set(word, (words.get(word) ?? 0) + 1);
    for (const name of new Set(edits.map(({ site }) => siteText(site, withPath))))
      sites.set(name, (sites.get(name) ?? 0) + 1);
  }
  const often = byCount(sites)
    .slice(0, MOST_SITES)
    .map(([name, count]) => `${name} (${count})`);
  const became = byCount(words).map(([word, count]) => `${count} ${word}`);
  return lineOf(
    alike.map(({ failure }) => failure),
    headings,
    `several at once, ${alike.length} times: ${became.join(', ')}; most often of ${often.join(', ')}`,
  );
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** `#12 removes the norm (2 times) -> crashed: TypeError …`. */
function otherLine(
  state: StudyState,
  alike: readonly Failure[],
  headings: ReadonlyMap<Category, string>,
): Line {
  const { proposal, verdict } = alike.at(-1)!;
  const id = proposal.experiment;
  const became = state.withdrawn.has(id)
    ? 'kept, and withdrawn when it was tested again'
    : verdictText(state, id, verdict);
  const times = alike.length === 1 ? '' : ` (${alike.length} times)`;
  return lineOf(alike, headings, `#${id} ${describe(proposal, LONGEST)}${times} -> ${became}`);
}

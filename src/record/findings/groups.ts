import type { Category } from '../../model/category.ts';
import { readEdits, siteName } from '../../model/edit.ts';
import { creditedGain, effectOf } from '../../model/effect.ts';
import type { ExperimentId } from '../../model/identity.ts';
import { originName } from '../../model/proposal.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';

/** What became of the experiments that have something in common. */
export interface Group<Name extends string = string> {
  readonly name: Name;
  /** Experiments with a verdict. */
  readonly tried: number;
  /** Keeps that stand: those withdrawn again are not among them. */
  readonly kept: number;
  /** `kept` of `tried`, 0 to 1. */
  readonly hitRate: number;
  /** What the keeps that stand are believed to have gained together, in the metric's unit; positive is better. */
  readonly gain: number;
  /** Of the others: those that looked better, and those that crashed, timed out or gave no valid score. */
  readonly nearMisses: number;
  readonly broken: number;
  readonly newest: ExperimentId;
}

/** So many tries without a keep, and without one that looked better, make a dead end. */
const DEAD_END = { category: 10, site: 6 } as const;

export type DeadEnd = { readonly of: 'category' | 'site'; readonly name: string; readonly tried: number };

export function byCategory(state: StudyState): Group<Category>[] {
  return grouped(state, ({ proposal }) => [proposal.category]);
}

export function byResearcher(state: StudyState): Group[] {
  return grouped(state, ({ proposal }) => [oneLine(originName(proposal.origin))]);
}

/**
 * By what was edited, as far as the ledger says it in a form that can be read. An experiment that edits several sites at once counts for
 * each of them, and each has an equal share of its gain.
 */
export function bySite(state: StudyState): Group[] {
  const edited = new Map<ExperimentId, readonly string[]>();
  const paths = new Set<string>();
  for (const { proposal } of state.experiments.values()) {
    const sites = [...new Set(readEdits(proposal.edit)?.map(({ site }) => site))];
    edited.set(proposal.experiment, sites);
    for (const site of sites) paths.add(site.split('#', 1)[0]!);
  }
  const name = (site: string) => oneLine(siteName(site, paths.size > 1));
  return grouped(state, ({ proposal }) => edited.get(proposal.experiment)!.map(name));
}

/** Where much was tried and nothing came of it, the most tried first. */
export function deadEnds(categories: readonly Group[], sites: readonly Group[]): DeadEnd[] {
  const among = (of: DeadEnd['of'], groups: readonly Group[]) =>
    groups
      .filter(({ tried, kept, nearMisses }) => tried >= DEAD_END[of] && kept === 0 && nearMisses === 0)
      .map(({ name, tried }): DeadEnd => ({ of, name, tried }));
  return [...among('category', categories), ...among('site', sites)].sort((a, b) => b.tried - a.tried);
}

type Judged = Extract<Experiment, { status: 'judged' }>;
type Tally = { -readonly [Key in keyof Omit<Group, 'name' | 'hitRate'>]: Group[Key] };

/** The most gained first, then the most tried. */
function grouped<Name extends string>(
  state: StudyState,
  namesOf: (experiment: Judged) => readonly Name[],
): Group<Name>[] {
  const tallies = new Map<Name, Tally>();
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const names = [...new Set(namesOf(experiment))];
    for (const name of names) {
      const tally = tallies.get(name) ?? {
        tried: 0,
        kept: 0,
        gain: 0,
        nearMisses: 0,
        broken: 0,
        newest: experiment.proposal.experiment,
      };
      tallies.set(name, tally);
      count(state, experiment, tally, names.length);
    }
  }
  return [...tallies]
    .map(([name, tally]) => ({ name, ...tally, hitRate: tally.kept / tally.tried }))
    .sort((a, b) => b.gain - a.gain || b.tried - a.tried);
}

function count(state: StudyState, { proposal, verdict }: Judged, tally: Tally, names: number): void {
  const id = proposal.experiment;
  tally.tried += 1;
  tally.newest = id;
  if (verdict.kind === 'keep') {
    if (state.withdrawn.has(id)) return;
    tally.kept += 1;
    tally.gain += creditedGain(state, id, verdict.evidence) / names;
    return;
  }
  const effect = effectOf(state, id, verdict);
  if (effect.kind === 'perhaps better') tally.nearMisses += 1;
  if (effect.kind === 'broken') tally.broken += 1;
}

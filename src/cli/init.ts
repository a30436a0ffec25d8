import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { PROGRAM_FILE } from '../lab/program.ts';
import { closest } from '../lab/spelling.ts';
import { EXIT } from './exit.ts';
import { makeFolder } from './init/folder.ts';
import { guessLab, likeliestPlan } from './init/guess.ts';
import { askForPlan, type Terminal } from './init/questions.ts';
import { createRepository, repositoryAround } from './init/repository.ts';
import {
  type CopiedTemplate,
  copyTemplate,
  filesOfTemplate,
  TEMPLATES,
  type Template,
} from './init/templates.ts';
import { type ExistingProgram, existingProgram, wrapKarpathy, writePlan } from './init/wrap.ts';
import { Problem } from './problem.ts';

export interface InitOptions {
  /** As typed; the working folder where it is left out. */
  readonly directory?: string;
  /** As typed. */
  readonly template?: string;
  /** Ask nothing, take what is likeliest. */
  readonly yes: boolean;
}

export interface InitSurroundings extends Terminal {
  readonly workingFolder: string;
  /** Whether a person sits at `input` and `output`. */
  readonly interactive: boolean;
}

export type InitOutcome =
  | {
      readonly kind: 'created';
      /** Absolute path of the lab. */
      readonly folder: string;
      /** What was written, relative to the lab. */
      readonly files: readonly string[];
      readonly repository: 'created' | 'found' | 'missing';
      /** What to do next, a command or a sentence each. */
      readonly next: readonly string[];
    }
  /** Nothing was written. The user's mistake: exit status 2. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Ctrl-C in a question. Nothing was written. */
  | { readonly kind: 'cancelled' };

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('make a lab: from nothing, around a repository, or around a karpathy/autoresearch checkout')
    .argument('[dir]', 'folder of the lab (default: this folder)')
    .option('--template <name>', `one of ${TEMPLATES.join(', ')} (default: by what the folder holds)`)
    .option('--yes', 'ask nothing, and take what is likeliest', false)
    .action(async (directory: string | undefined, options: { template?: string; yes: boolean }) => {
      await init({ ...options, ...(directory === undefined ? {} : { directory }) });
    });
}

async function init(options: InitOptions): Promise<void> {
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once('SIGINT', onInterrupt);
  const workingFolder = process.cwd();
  const outcome = await runInit(options, {
    workingFolder,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    input: process.stdin,
    output: process.stdout,
    signal: abort.signal,
  }).finally(() => process.off('SIGINT', onInterrupt));
  switch (outcome.kind) {
    case 'created':
      process.stdout.write(describeInit(outcome, workingFolder));
      return;
    case 'refused':
      throw new Problem(outcome.problem);
    case 'cancelled':
      throw new Problem('cancelled: nothing was written', EXIT.interrupted);
    default:
      return outcome satisfies never;
  }
}

/** Makes a lab from nothing, or around what a folder holds. Never commits in a repository that it did not make. */
export async function runInit(options: InitOptions, surroundings: InitSurroundings): Promise<InitOutcome> {
  const folder = resolve(surroundings.workingFolder, options.directory ?? '.');
  const template = templateNamed(options.template);
  if (template.kind === 'unknown') return refused(template.problem);
  const names = await namesIn(folder);
  if (names === 'file') return refused(`${folder} is a file: name a folder`);
  const existing = await existingProgram(folder);
  if (existing.kind === 'program') {
    const problem = `${join(folder, PROGRAM_FILE)} has front matter already: \`ratchet check\` says whether it is right`;
    return refused(problem);
  }
  const chosen = template.name ?? defaultTemplate(names, existing);
  switch (chosen) {
    case 'minimal':
    case 'packing':
      return fromTemplate(chosen, folder, names, surroundings);
    case 'karpathy':
      return aroundKarpathy(folder, names, existing, surroundings);
    case undefined:
      return aroundFiles(options, folder, existing, surroundings);
    default:
      return chosen satisfies never;
  }
}

/** What `ratchet init` prints of a new lab. */
export function describeInit(
  outcome: Extract<InitOutcome, { kind: 'created' }>,
  workingFolder: string,
): string {
  const place = relative(workingFolder, outcome.folder) || 'this folder';
  const made = outcome.repository === 'created' ? ', in a git repository of its own' : '';
  const next = outcome.next.map((step) => `  ${step}`);
  return [`Wrote ${outcome.files.join(', ')} in ${place}${made}.`, 'Next:', ...next, ''].join('\n');
}

function templateNamed(
  typed: string | undefined,
): { kind: 'known'; name: Template | undefined } | { kind: 'unknown'; problem: string } {
  if (typed === undefined) return { kind: 'known', name: undefined };
  const name = TEMPLATES.find((template) => template === typed);
  if (name !== undefined) return { kind: 'known', name };
  const meant = closest(typed, TEMPLATES);
  const hint = meant === undefined ? `the templates are ${TEMPLATES.join(', ')}` : `did you mean ${meant}?`;
  return { kind: 'unknown', problem: `no template is called ${typed}: ${hint}` };
}

function defaultTemplate(names: readonly string[], existing: ExistingProgram): Template | undefined {
  if (names.every((name) => name === '.git')) return 'minimal';
  return existing.kind === 'prose' && isKarpathy(names) ? 'karpathy' : undefined;
}

function isKarpathy(names: readonly string[]): boolean {
  return ['prepare.py', 'train.py', PROGRAM_FILE].every((name) => names.includes(name));
}

async function fromTemplate(
  template: CopiedTemplate,
  folder: string,
  names: readonly string[],
  { signal, workingFolder }: InitSurroundings,
): Promise<InitOutcome> {
  const files = await filesOfTemplate(template);
  const taken = files.find((file) => names.includes(file));
  if (taken !== undefined) {
    return refused(`${join(folder, taken)} is there already: name a new folder for the template ${template}`);
  }
  const unusable = await makeFolder(folder);
  if (unusable !== undefined) return refused(unusable);
  const repository = await repositoryAround(folder, signal);
  await copyTemplate(template, files, folder);
  if (repository === 'none') await createRepository(folder, files, signal);
  const next = [...enter(folder, workingFolder), 'ratchet check', 'ratchet run'];
  return { kind: 'created', folder, files, repository: repository === 'none' ? 'created' : 'found', next };
}

async function aroundKarpathy(
  folder: string,
  names: readonly string[],
  existing: ExistingProgram,
  surroundings: InitSurroundings,
): Promise<InitOutcome> {
  if (!isKarpathy(names)) {
    const problem = `${folder} is no checkout of karpathy/autoresearch: it lacks train.py, prepare.py or program.md`;
    return refused(problem);
  }
  const unusable = await makeFolder(folder);
  if (unusable !== undefined) return refused(unusable);
  await wrapKarpathy(folder, existing);
  const prepare = names.includes('.venv') ? [] : ['uv sync'];
  return wrapped(
    folder,
    [...prepare, 'uv run prepare.py   # once, if ~/.cache/autoresearch is not there yet'],
    surroundings,
  );
}

async function aroundFiles(
  options: InitOptions,
  folder: string,
  existing: ExistingProgram,
  surroundings: InitSurroundings,
): Promise<InitOutcome> {
  // Before anything is asked: answers that lead nowhere would be a pity.
  const unusable = await makeFolder(folder);
  if (unusable !== undefined) return refused(unusable);
  const guess = await guessLab(folder);
  if (options.yes) {
    const plan = likeliestPlan(guess);
    if (plan === undefined) {
      const missing = guess.trials.length === 0 ? 'what to run' : 'what may be edited';
      return refused(
        `nothing in ${folder} tells ${missing}: run \`ratchet init\` without --yes, and it asks`,
      );
    }
    await writePlan(folder, plan, existing);
  } else {
    if (!surroundings.interactive) {
      return refused(
        `a lab around ${folder} takes a few answers, and this is no terminal: add --yes to take the likeliest`,
      );
    }
    const plan = await askForPlan(guess, surroundings);
    if (plan.kind === 'cancelled') return plan;
    await writePlan(folder, plan.value, existing);
  }
  return wrapped(folder, [], surroundings);
}

async function wrapped(
  folder: string,
  before: readonly string[],
  surroundings: InitSurroundings,
): Promise<InitOutcome> {
  const repository = await repositoryAround(folder, surroundings.signal);
  const next = [
    ...enter(folder, surroundings.workingFolder),
    ...(repository === 'none' ? ['git init && git add -A && git commit -m "Before the study"'] : []),
    ...before,
    `look over ${PROGRAM_FILE}: \`edit\` must not open what measures, and its prose is for the researcher`,
    'ratchet check',
    'ratchet run',
  ];
  const state = repository === 'none' ? 'missing' : 'found';
  return { kind: 'created', folder, files: [PROGRAM_FILE], repository: state, next };
}

/** The names in a folder; none where it does not exist yet. */
async function namesIn(folder: string): Promise<readonly string[] | 'file'> {
  try {
    if (!(await stat(folder)).isDirectory()) return 'file';
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR') return 'file';
    throw new Error(`cannot look into ${folder}`, { cause });
  }
}

function enter(folder: string, workingFolder: string): string[] {
  const place = relative(workingFolder, folder);
  if (place === '') return [];
  return [`cd ${/^[\w./-]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`}`];
}

function refused(problem: string): InitOutcome {
  return { kind: 'refused', problem };
}

import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LabPlan, Scored } from './plan.ts';

/** A command that may be a trial. */
export interface PossibleTrial {
  readonly command: string;
  readonly scored: Scored;
  readonly trial: string;
  /** What it most likely measures; elsewhere the lab's sources. */
  readonly edit?: readonly string[];
}

export interface Guess {
  /** The likeliest first, at most 12. */
  readonly trials: readonly PossibleTrial[];
  readonly edit: readonly string[];
  readonly provide: readonly string[];
}

const MOST_TRIALS = 12;
const MOST_FILES = 20;
/** How much of a script is searched for the name of a metric, in characters. */
const SEARCHED = 256 * 1024;

/** Names of scripts and targets that measure something, the likeliest first. */
const TELLING = ['bench', 'benchmark', 'perf', 'train', 'test', 'build'];
const PYTHON_SCRIPTS = ['benchmark.py', 'bench.py', 'train.py', 'main.py'];
const SOURCE = /\.(?:[cm]?[jt]sx?|py|c|cc|cpp|rs|go)$/;
const NO_SOURCE = /test|spec|config|setup|prepare|eval|verify|score|bench|\.d\.ts$/i;
const PRINTED_METRIC = /\b(val_bpb|val_loss|loss|accuracy|f1|bleu|score)\s*:\s*[{$%]/;
const LARGER_IS_BETTER = /accuracy|f1|bleu|score/;
const SECONDS: Scored = { kind: 'seconds' };

/** What a trial of this folder could be, from its package.json, Python files and Makefile. Reads, and runs nothing. */
export async function guessLab(folder: string): Promise<Guess> {
  const entries = await readdir(folder, { withFileTypes: true });
  const has = (name: string) => entries.some((entry) => entry.name === name);
  const trials = [
    ...(await packageScripts(folder, has)),
    ...(await pythonTrials(folder, has, entries)),
    ...(await makeTargets(folder, has)),
  ];
  return {
    trials: trials.slice(0, MOST_TRIALS),
    edit: sourcesOf(entries),
    provide: ['node_modules', '.venv', 'venv'].filter(has),
  };
}

/** The plan that `--yes` takes; undefined where nothing tells what a trial is, or what may be edited. */
export function likeliestPlan({ trials, edit, provide }: Guess): LabPlan | undefined {
  const [first] = trials;
  const editable = first?.edit ?? edit;
  if (first === undefined || editable.length === 0) return undefined;
  return { command: first.command, scored: first.scored, trial: first.trial, edit: editable, provide };
}

type Has = (name: string) => boolean;

async function packageScripts(folder: string, has: Has): Promise<PossibleTrial[]> {
  if (!has('package.json')) return [];
  const manifest = z.object({ scripts: z.record(z.string(), z.string()) });
  const parsed = manifest.safeParse(parseJson(await readFile(join(folder, 'package.json'), 'utf8')));
  if (!parsed.success) return [];
  const tool = has('pnpm-lock.yaml') ? 'pnpm' : has('yarn.lock') ? 'yarn' : 'npm';
  const { scripts } = parsed.data;
  return TELLING.filter((name) => {
    const script = scripts[name];
    return script !== undefined && !script.includes('no test specified');
  }).map((name) => ({
    command: name === 'test' ? `${tool} test` : `${tool} run ${name}`,
    scored: SECONDS,
    trial: '60s',
  }));
}

async function pythonTrials(folder: string, has: Has, entries: readonly Dirent[]): Promise<PossibleTrial[]> {
  const python = has('.venv') ? '.venv/bin/python' : has('venv') ? 'venv/bin/python' : 'python3';
  const trials: PossibleTrial[] = [];
  for (const script of PYTHON_SCRIPTS.filter(has)) {
    const text = (await readFile(join(folder, script), 'utf8')).slice(0, SEARCHED);
    const metric = PRINTED_METRIC.exec(text)?.[1];
    const scored = metric === undefined ? SECONDS : printed(metric);
    const edit = NO_SOURCE.test(script) ? {} : { edit: [script] };
    trials.push({
      command: `${python} ${script}`,
      scored,
      trial: script === 'train.py' ? '5m' : '60s',
      ...edit,
    });
  }
  const tested = entries.some(({ name }) => /^(?:pytest\.ini|conftest\.py|test_.*\.py)$/.test(name));
  if (tested || (has('tests') && has('pyproject.toml'))) {
    trials.push({ command: `${python} -m pytest -q`, scored: SECONDS, trial: '60s' });
  }
  return trials;
}

function printed(metric: string): Scored {
  return { kind: 'printed', metric, direction: LARGER_IS_BETTER.test(metric) ? 'maximize' : 'minimize' };
}

async function makeTargets(folder: string, has: Has): Promise<PossibleTrial[]> {
  if (!has('Makefile')) return [];
  const targets = (await readFile(join(folder, 'Makefile'), 'utf8')).matchAll(/^([\w-]+)\s*:(?!=)/gm);
  const names = new Set([...targets].map((target) => target[1]));
  return TELLING.filter((name) => names.has(name)).map((name) => ({
    command: `make ${name}`,
    scored: SECONDS,
    trial: '60s',
  }));
}

function sourcesOf(entries: readonly Dirent[]): string[] {
  const folder = ['src', 'lib', 'app'].find((name) =>
    entries.some((entry) => entry.isDirectory() && entry.name === name),
  );
  if (folder !== undefined) return [folder];
  return entries
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name) && !NO_SOURCE.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .slice(0, MOST_FILES);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A package.json that is none tells nothing; the questions still do.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

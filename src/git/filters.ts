import { type GitContext, runIn, splitRecords } from './git-context.ts';

/** Git LFS alone: it takes no code from the folder that it works in, and a lab may hold large files by it. */
const TRUSTED = new Set(['lfs']);

const found = new WeakMap<GitContext, Promise<readonly string[]>>();

/**
 * Settings that leave out the user's filters (`filter.NAME.clean` and `smudge`). Git runs them in the folder of the files, outside of
 * any sandbox, and many take their code from there, as `python3 -m nbstripout` does: in a slot it would be the candidate's code.
 * Asked once for each repository.
 */
export function withoutFilters(context: GitContext): Promise<readonly string[]> {
  let settings = found.get(context);
  if (settings === undefined) {
    settings = listFilters(context);
    found.set(context, settings);
  }
  return settings;
}

async function listFilters(context: GitContext): Promise<readonly string[]> {
  const args = [
    'config',
    '--name-only',
    '-z',
    '--get-regexp',
    '^filter\\..*\\.(clean|smudge|process|required)$',
  ];
  // It fails where there are none.
  const { stdout } = await runIn(context, { args });
  const names = new Set(splitRecords(stdout).map((key) => key.slice('filter.'.length, key.lastIndexOf('.'))));
  return [...names]
    .filter((name) => !TRUSTED.has(name))
    .flatMap((name) => [
      ...['clean', 'smudge', 'process'].map((step) => `filter.${name}.${step}=`),
      `filter.${name}.required=false`,
    ]);
}

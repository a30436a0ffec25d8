import { posix } from 'node:path';
import type { Program } from '../model/program.ts';
import { createScope, type Scope } from './scope.ts';

/**
 * The paths (relative to the lab) that a researcher is shown: what it may edit, without what no run sees, wherever `edit` would open
 * that by too wide a glob.
 */
export function shownTo({
  edit,
  validation,
  holdout,
}: Pick<Program, 'edit' | 'validation' | 'holdout'>): Scope {
  const inScope = createScope(edit);
  const hidden = [...validation, ...(holdout?.sealed ?? [])]
    .map((path) => posix.normalize(path).replace(/\/$/, ''))
    .filter((path) => !path.startsWith('~/') && !posix.isAbsolute(path));
  return (path) =>
    inScope(path) &&
    !hidden.some((secret) => path === secret || secret === '.' || path.startsWith(`${secret}/`));
}

import { createHash } from 'node:crypto';
import type { Family } from '../../model/edit.ts';

/** Gives each site an id of its own: equal names are counted in the order of the text. */
export function createIdentity(path: string): (family: Family, name: string) => string {
  const seen = new Map<string, number>();
  return (family, name) => {
    const id = `${path}#${family}:${bounded(name)}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}~${count}`;
  };
}

/** Characters. */
const LONGEST_NAME = 120;

/** Deep nesting must not make a key of the ledger long. */
function bounded(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - 9)}…${digest}`;
}

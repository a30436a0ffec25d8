import { SIGNED } from '../../model/edit.ts';
import { METHODS, type Method } from './method.ts';

/** An edit with the method that thought of it, so that the ledger tells later which methods pay. */
export function signEdits(line: string, method: Method): string {
  return `${line}${SIGNED}${method}`;
}

/** Which method thought of an edit. Lines without a signature are of the time when there was but one. */
export function methodOf(line: string): Method {
  const signature = line.split(SIGNED)[1];
  return METHODS.find((method) => method === signature) ?? 'steps';
}

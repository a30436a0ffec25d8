import { posix } from 'node:path';
import { normaliseEntry } from './scope.ts';

/** Words of a command that look like files inside the lab, as its paths are written. */
export function filesIn(command: string): string[] {
  return wordsOf(command)
    .map(normaliseEntry)
    .filter((word) => posix.basename(word).includes('.', 1) && !/^(?:\/|~|-)|^\.\.(?:\/|$)/.test(word));
}

function wordsOf(command: string): string[] {
  const matches = command.matchAll(/"([^"]*)"|'([^']*)'|([^\s;&|<>()"']+)/g);
  return [...matches].map((match) => match[1] ?? match[2] ?? match[3] ?? '').filter((word) => word !== '');
}

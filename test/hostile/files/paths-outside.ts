import type { Attack } from '../attack.ts';

const PATHS = ['../above.txt', '/absolute.txt', 'trial.sh/../../above.txt', './../above.txt'];

export const attack: Attack = {
  promise: 'a proposal that names a path outside the lab is invalid, and never run',
  candidates: PATHS.map((path) => [{ kind: 'write', path, content: 'escaped' }]),
  verdicts: PATHS.map(
    (path) => `invalid: changes ${path}: not among what the program lets a researcher edit`,
  ),
};

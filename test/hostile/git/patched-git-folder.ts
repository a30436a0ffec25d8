import type { Attack } from '../attack.ts';

const PATHS = ['.git/hooks/post-checkout', '.git/config', '.GIT/config', 'sub/.git/config', '.git'];

export const attack: Attack = {
  promise: "a proposal that holds hooks, settings or a submodule's folder is invalid, whatever it may edit",
  program: ['edit: [trial.sh, sub, ".git*", ".GIT*"]'],
  candidates: PATHS.map((path) => [{ kind: 'write', path, content: 'escaped' }]),
  verdicts: PATHS.map(
    (path) => `invalid: changes ${path}: not among what the program lets a researcher edit`,
  ),
};

import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'an artifact with holes that says it is larger than the disk is not copied',
  program: ['resources: { disk: 20MiB }'],
  candidates: ['truncate -s 900M answer.txt', 'truncate -s 2T answer.txt'],
  verdicts: Array(2).fill('invalid: the artifacts are larger than 20971520 bytes together'),
};

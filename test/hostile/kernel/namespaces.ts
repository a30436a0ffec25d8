import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'no namespace can be made, and none of another process entered',
  candidates: [
    `unshare --version > /dev/null || exit 9; ${gainIf('unshare --user true || unshare --user --map-root-user true')}`,
    gainIf('unshare --mount true || unshare --pid --fork true || unshare --net true'),
    gainIf('chroot / true'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'no device can be made, by which a disk could be read past its file system',
  candidates: [
    `mknod --version > /dev/null || exit 9; ${gainIf('mknod disk b 8 0 || mknod disk b 254 0')}`,
    gainIf('mknod answer.txt c 1 5 || mknod /dev/mem c 1 1'),
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

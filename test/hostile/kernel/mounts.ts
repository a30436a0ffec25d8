import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'nothing can be mounted, remounted or unmounted',
  candidates: [
    'mount -o remount,rw /usr',
    'mount -o remount,rw /',
    'mount -t tmpfs none /tmp',
    'mount --bind /tmp /usr',
    'umount /proc',
  ].map((command) => `mount --version > /dev/null || exit 9; ${gainIf(command)}`),
  verdicts: Array(5).fill('discard: no difference'),
};

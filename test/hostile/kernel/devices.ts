import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** They are the machine's own: without /dev/null hardly anything works, and it would be root's to take away. */
export const attack: Attack = {
  promise: 'devices that a trial sees can be used, and neither changed nor taken from others',
  candidates: [
    `echo x > /dev/null && head -c 4 /dev/urandom /dev/zero > some || exit 9; ${gainIf(
      DEVICES.map((name) => `chmod 666 /dev/${name}`).join(' || '),
    )}`,
    gainIf('chmod 666 /proc/self/fd/0'),
    gainIf('ls /dev | grep -E "^(sd|vd|nvme|dm-|loop|mem|kmem|kmsg|port|fuse|kvm|mapper)"'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

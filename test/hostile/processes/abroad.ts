import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'a trial has no network but a loopback of its own, and no names of hosts',
  candidates: [
    gainIf('grep -v -e "|" -e "^ *lo:" /proc/net/dev | grep -q .'),
    gainIf('test "$(wc -l < /proc/net/route)" -gt 1'),
    gainIf('test -e /etc/resolv.conf'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

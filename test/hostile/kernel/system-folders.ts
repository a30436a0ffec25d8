import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

const PLACES = ['/usr', '/usr/bin', '/etc', '/opt', '/lib', '/sys', '/', '/proc'];

export const attack: Attack = {
  promise: 'the system that a trial sees is read-only, root or not',
  candidates: [
    gainIf(PLACES.map((place) => `touch ${place}/ratchet-hostile-was-here`).join(' || ')),
    gainIf('chmod 4755 /bin/sh || rm -f /usr/bin/env'),
    gainIf('echo "root::0:0::/:/bin/sh" >> /etc/passwd'),
    gainIf('cat /etc/shadow'),
  ],
  verdicts: Array(4).fill('discard: no difference'),
};

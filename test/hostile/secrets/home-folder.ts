import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';
import { homeWith } from '../place.ts';

export const attack: Attack = {
  promise: 'the home folder, and the keys in it, is empty for a trial',
  prepare: () => homeWith({ '.ssh/id_ed25519': 'a private key', '.netrc': 'a password' }),
  candidates: [gainIf('cat ~/.ssh/id_ed25519'), gainIf('ls -A ~ | grep -q .')],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

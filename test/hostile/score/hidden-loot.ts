import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

const PLACES = '. "$RATCHET_CACHE" "$TMPDIR" "$HOME" "$(dirname "$RATCHET_METRICS")" /tmp /var/tmp /dev/shm';

export const attack: Attack = {
  promise: 'what a trial hides beside its folder is gone when the next begins',
  candidates: [
    `${SAME}; for place in ${PLACES}; do echo found > "$place/loot"; done; true`,
    gainIf(`find ${PLACES} -name loot 2> /dev/null | grep -q .`),
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

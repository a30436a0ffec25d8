import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

const FIND = 'find "$RATCHET_CACHE" "$RATCHET_CACHE/.." -name model 2> /dev/null | grep -q .';
const HIDE = [
  'echo trained > "$RATCHET_CACHE/model"',
  'mkdir -p "$RATCHET_CACHE/../kept-cache-run" && echo trained > "$RATCHET_CACHE/../kept-cache-run/model"',
  'ln "$RATCHET_CACHE/compiled" "$RATCHET_CACHE/model" && echo trained >> "$RATCHET_CACHE/compiled"',
];

export const attack: Attack = {
  promise: 'a model that a run leaves in its cache is not there for a later one to train on',
  files: {
    // What the baseline leaves there is there for all, as it left it.
    'trial.sh': `echo compiled > "$RATCHET_CACHE/compiled"; ${SAME}\n`,
  },
  candidates: [
    `${HIDE.join('; ')}; ${SAME}`,
    gainIf(FIND),
    gainIf('test "$(cat "$RATCHET_CACHE/compiled")" != compiled'),
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

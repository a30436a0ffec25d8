import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

export const attack: Attack = {
  promise: 'folders that nobody may enter, and names that no path can hold, do not stay',
  candidates: [
    `${SAME}; mkdir -p a/b/c; touch a/b/c/file; chmod 000 a/b/c a/b a; mkdir "$TMPDIR/a"; chmod 000 "$TMPDIR/a"`,
    `${SAME}; name=$(printf '%200s' x | tr ' ' n); for i in $(seq 15); do mkdir "$name"; cd "$name"; done`,
    `${SAME}; touch -- "-rf" "$(printf 'a\\nb')" "$(printf '\\377')"; chmod 000 "$RATCHET_CACHE"`,
  ],
  verdicts: Array(3).fill('discard: no difference'),
};

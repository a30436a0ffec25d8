import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';
import { homeWith } from '../place.ts';

const FAKE = "printf '#!/bin/sh\\necho score: 1\\n'";

/** Where the search path leads below the home folder, a trial may write: it is a folder of its own, and empty. */
export const attack: Attack = {
  promise: 'programs that a run puts on its search path are not those of the evaluation',
  prepare: () => homeWith({ 'bin/nothing': '' }, 'bin'),
  candidates: [
    [
      SAME,
      'for folder in $(echo "$PATH" | tr : " ") .; do',
      '  mkdir -p "$folder"',
      `  for name in sh wc grep printf; do ${FAKE} > "$folder/$name" && chmod 755 "$folder/$name"; done`,
      'done 2> /dev/null; test -x "$HOME/bin/wc"',
    ].join('\n'),
  ],
  verdicts: ['discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

export const attack: Attack = {
  promise: 'the ledger, the lab itself and the folders of other trials are absent from a trial',
  candidates: ({ folder }) => [
    gainIf(`ls '${folder}/program.md' '${folder}/.git'`),
    gainIf('find / -name ledger.sqlite -o -name live.json -o -name output.log 2> /dev/null | grep -q .'),
    gainIf('test "$(ls .. | wc -l)" -gt 2'),
  ],
  verdicts: ['discard: no difference', 'discard: no difference', 'discard: no difference'],
};

import type { Attack } from '../attack.ts';
import { gainIf, SAME } from '../attack.ts';

/** It would name a program that the system runs as root, outside of everything. Written is what stands there already. */
export const attack: Attack = {
  promise: 'settings of the kernel cannot be written, whoever runs the engine',
  candidates: [
    'cat /proc/sys/kernel/core_pattern > pattern || exit 9',
    gainIf('cat pattern > /proc/sys/kernel/core_pattern'),
  ].map((line, index) =>
    index === 0 ? `${line}; ${SAME}` : `cat /proc/sys/kernel/core_pattern > pattern; ${line}`,
  ),
  verdicts: ['discard: no difference', 'discard: no difference'],
};

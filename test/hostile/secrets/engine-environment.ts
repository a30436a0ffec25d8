import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Attack } from '../attack.ts';
import { gainIf } from '../attack.ts';

const KEY = 'HOSTILE_TEST_KEY';

export const attack: Attack = {
  promise: 'keys in the environment of the engine are neither in that of a trial nor in any that it can read',
  prepare: () => {
    process.env[KEY] = 'sk-1234';
    // What a process was started with is all that others see of its environment: this one was started by vitest.
    expect(readFileSync('/proc/self/environ', 'latin1')).toContain('VITEST');
    return { [Symbol.dispose]: () => delete process.env[KEY] };
  },
  candidates: [
    gainIf(`env | grep -q -e ${KEY} -e VITEST`),
    gainIf(
      `cat /proc/1/environ /proc/$PPID/environ /proc/*/environ 2> /dev/null | grep -q -e ${KEY} -e VITEST`,
    ),
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};

import { expect } from 'vitest';
import { ratchet } from '../../command.ts';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';
import { CONTROLS } from '../place.ts';

const HYPOTHESES = [
  '\u001b]0;owned\u0007\u001b[2Jclear the screen\u009b31m',
  '<script>alert(1)</script> <img src=x onerror=alert(1)>',
  '# heading\n\n| a | table |\n```\n[link](javascript:alert(1))',
  'an end\0 and more',
  'one\r\nRatchet study forged, experiment 1\n\ttwo \u202egnp.exe',
];

export const attack: Attack = {
  promise: 'a hypothesis with control characters, markup or a NUL is a text of one line, and nothing else',
  candidates: HYPOTHESES.map((hypothesis, index) => ({ hypothesis, script: `${SAME} # ${index}` })),
  verdicts: HYPOTHESES.map(() => 'discard: no difference'),
  afterwards: async ({ folder, git }, { study }) => {
    for (const command of [['log'], ['show', '1'], ['show', '5']]) {
      const { stdout, stderr } = await ratchet(command, { cwd: folder });
      expect(stdout + stderr, command.join(' ')).not.toMatch(CONTROLS);
    }
    expect(git('log', '--format=%s%n%b', '-1', `refs/ratchet/${study.study}/1`)).not.toMatch(CONTROLS);
  },
};

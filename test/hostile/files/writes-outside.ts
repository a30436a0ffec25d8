import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

/** In a trial's own /tmp such a folder can be made; nothing of it is on the machine. */
export const attack: Attack = {
  promise: 'what a run writes outside its folder is nowhere on the machine',
  candidates: ({ root }) => {
    const places = [
      `${root}/..`,
      root,
      '../../..',
      '/var/tmp',
      '/tmp',
      '/etc',
      '/usr/local',
      '/run',
      '/srv',
      '~',
    ];
    return [`for place in ${places.join(' ')}; do mkdir -p "$place"; touch "$place/${NAME}"; done; ${SAME}`];
  },
  verdicts: ['discard: no difference'],
  afterwards: ({ root }) => {
    const places = [`${root}/..`, root, '/var/tmp', '/tmp', '/etc', '/usr/local', '/run', '/srv', homedir()];
    expect(places.filter((place) => existsSync(join(place, NAME)))).toEqual([]);
  },
};

const NAME = 'ratchet-hostile-was-here';

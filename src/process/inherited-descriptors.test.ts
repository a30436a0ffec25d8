import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { scratchFolder } from './testing.ts';

const CLOSE = `
import { closeInheritedDescriptors } from ${JSON.stringify(join(import.meta.dirname, 'inherited-descriptors.ts'))};
closeInheritedDescriptors();
`;
const LIST = `
import { spawnSync } from 'node:child_process';
spawnSync('ls', ['-l', '/proc/self/fd'], { stdio: 'inherit' });
`;

/** How many descriptors of a file a child of Node holds that Node itself inherited. */
const heldByChild = (script: string) => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'secret'), 'a secret\n');
  const words = [process.execPath, '--input-type=module', '-e', script];
  // With a gap before them: Node itself sees to those without.
  const ran = spawnSync('bash', ['-c', 'exec 60<secret 61<secret; exec "$@"', 'bash', ...words], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\n').filter((line) => line.includes('secret')).length;
};

test.skipIf(process.platform !== 'linux')(
  'what was left open for the engine is not open for what it starts',
  () => {
    expect(heldByChild(LIST)).toBe(2);
    expect(heldByChild(CLOSE + LIST)).toBe(0);
  },
);

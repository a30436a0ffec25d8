import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Doors } from '../../src/process/doors.ts';
import { enforcementHere } from '../../src/process/enforcement.ts';
import { run, scratchFolder } from '../../src/process/testing.ts';
import { reasonToSkip } from '../crash/strace.ts';

const enforcement = enforcementHere();
const missing = reasonToSkip(
  enforcement.sandbox.kind === 'bubblewrap' ? undefined : 'bubblewrap does not work here',
);

/** What a command in a sandbox exits with. */
async function exitOf(command: string, doors: Partial<Doors> = {}): Promise<unknown> {
  const temporary = scratchFolder();
  const cwd = scratchFolder();
  const closed = { read: [], write: [cwd], closed: [], hidden: [], temporary, network: false, gpus: false };
  const { ending } = await run(command, {
    cwd,
    confinement: { enforcement, doors: { ...closed, ...doors } },
    environment: { PATH: '/usr/bin:/bin', TMPDIR: temporary },
  });
  return ending.kind === 'exited' ? ending.code : ending;
}

test.skipIf(missing)(
  'a folder among those of the system shows nothing but what is opened in it',
  async () => {
    expect(await exitOf('ls -A /usr/share | grep -q .')).toBe(0);
    expect(await exitOf('ls -A /usr/share | grep -q .', { closed: ['/usr/share'] })).toBe(1);
    expect(await exitOf('touch /usr/share/file', { closed: ['/usr/share'] })).toBe(1);
    const doors = { closed: ['/usr/share'], read: ['/usr/share/perl5'] };
    expect(await exitOf('test "$(ls /usr/share)" = perl5 && test -n "$(ls /usr/share/perl5)"', doors)).toBe(
      0,
    );
  },
);

test.skipIf(missing)('the temporary folder is found by its own name and at /tmp', async () => {
  const file = join('/tmp', 'file');
  expect(await exitOf(`echo fine > "$TMPDIR/file" && grep -q fine ${file} && mktemp`)).toBe(0);
});

test.skipIf(missing)('a command reads an empty input, and holds nothing that is open outside', async () => {
  expect(await exitOf('test "$(cat | wc -c)" = 0 && ! ls /proc/1/fd | grep -q "^[3-9]$"')).toBe(0);
});

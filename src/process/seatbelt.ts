import type { Doors } from './doors.ts';

/** What every program of macOS reads at its start. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/System',
  '/Library',
  '/opt',
  '/private/etc',
  '/private/var/db',
  '/dev',
];

/**
 * The command line of macOS's `sandbox-exec` up to the program that it runs. Untested. It denies instead of hiding, and has no
 * process namespace: what leaves its process group is found as without a sandbox.
 */
export function seatbelted({ program }: { readonly program: string }, doors: Doors): string[] {
  const below = (paths: readonly string[]) =>
    paths.map((path) => `(subpath ${JSON.stringify(path)})`).join(' ');
  const denied = (paths: readonly string[]) =>
    paths.length === 0 ? [] : [`(deny file-read* ${below(paths)})`];
  const profile = [
    '(version 1)',
    '(deny default)',
    '(allow process-fork process-exec sysctl-read mach-lookup)',
    '(allow signal (target same-sandbox))',
    '(allow file-read-metadata)',
    // The last rule that names a path decides.
    `(allow file-read* ${below(SYSTEM)})`,
    ...denied(doors.closed),
    `(allow file-read* ${below([...doors.read, ...doors.write, doors.temporary])})`,
    ...denied(doors.hidden),
    `(allow file-write* ${below([...doors.write, doors.temporary])} (literal "/dev/null"))`,
    ...(doors.network ? ['(allow network*)'] : []),
    ...(doors.gpus ? ['(allow iokit-open)'] : []),
  ];
  return [program, '-p', profile.join('\n')];
}

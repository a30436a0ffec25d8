import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Doors } from './doors.ts';

/** How bubblewrap is started on this machine. */
export interface Bubblewrap {
  readonly program: string;
  /** Whether it can keep a command from making user namespaces of its own (version 0.8 and later). */
  readonly closesUserNamespaces: boolean;
  /** Words before it that keep the machine's devices as they are; none where a trial does not own them. */
  readonly devices: readonly string[];
}

/** Where systems keep programs and libraries. A link among them is shown as a link. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/opt',
  '/nix/store',
  '/gnu/store',
];
/** What programs look up at their start: none of it is a secret. */
const SETTINGS = [
  'alternatives',
  'ca-certificates',
  'fonts',
  'group',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'pki',
  'ssl',
  'timezone',
];
/** Only with a network: otherwise they name hosts that cannot be reached. */
const NETWORK_SETTINGS = ['hosts', 'resolv.conf', 'services', 'protocols', 'gai.conf'];
/** How many processors there are, and which: numerical libraries choose their kernels by it. */
const HARDWARE = ['/sys/devices/system/cpu', '/sys/devices/system/node'];
const GPU_DEVICES = /^(nvidia.*|dri|kfd|dxg)$/;
const GPU_HARDWARE = [
  '/sys/bus/pci',
  '/sys/class/drm',
  '/sys/class/kfd',
  '/sys/devices',
  '/sys/module',
  '/sys/dev/char',
];

/**
 * The command line of bubblewrap (https://github.com/containers/bubblewrap) up to the program that it runs. A new user namespace
 * always, for real root too: without it root could remount what is read-only. Its own process namespace, whose first process is the
 * program itself, so that the system ends everything with it and counts the time of all.
 */
export function bubblewrapped(
  { program, closesUserNamespaces, devices }: Bubblewrap,
  doors: Doors,
  cwd: string,
  home: string | undefined,
): string[] {
  return [
    ...devices,
    program,
    ...['--unshare-all', '--unshare-user'],
    ...(closesUserNamespaces ? ['--disable-userns'] : []),
    ...(doors.network ? ['--share-net'] : []),
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--hostname', 'trial'],
    ...SYSTEM.flatMap(systemFolder),
    ...doors.closed.flatMap((path) => ['--tmpfs', path]),
    ...readOnly([...SETTINGS, ...(doors.network ? NETWORK_SETTINGS : [])].map((name) => `/etc/${name}`)),
    ...readOnly(HARDWARE),
    // Read-only: as real root a candidate could write settings of the kernel there, such as the program that takes core files.
    ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev'],
    ...(doors.gpus ? gpus() : []),
    ...['--bind', doors.temporary, '/tmp', '--bind', doors.temporary, doors.temporary],
    ...(home === undefined ? [] : homeFolder(doors.temporary, home)),
    ...readOnly(doors.read),
    ...doors.hidden.flatMap(covered),
    ...doors.write.flatMap((path) => ['--bind', path, path]),
    ...['/', ...doors.closed].flatMap((path) => ['--remount-ro', path]),
    ...['--chdir', cwd, '--'],
  ];
}

/**
 * Words before bubblewrap that make the machine's devices read-only to what follows: they can be used as ever, and their owner, real
 * root, cannot change or take away what everybody needs, such as /dev/null. For any other user the permissions see to that.
 */
export const GUARDED_DEVICES: readonly string[] = [
  'unshare',
  '--mount',
  '/bin/sh',
  '-c',
  'mount -o rbind,ro /dev /dev && exec "$@"',
  'ratchet',
];

function systemFolder(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

function readOnly(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ['--ro-bind-try', path, path]);
}

function covered(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isDirectory() ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path];
}

/** An empty one at the usual place, since programs write there unasked; whatever is shown below it comes on top. */
function homeFolder(temporary: string, home: string): string[] {
  if (home === '/' || !existsSync(home)) return [];
  const empty = join(temporary, '.home');
  mkdirSync(empty, { recursive: true });
  return ['--bind', empty, home];
}

function gpus(): string[] {
  const devices = readdirSync('/dev').filter((name) => GPU_DEVICES.test(name));
  const links = devices.map((name) => join('/dev', name));
  return [...links.flatMap((path) => ['--dev-bind', path, path]), ...readOnly(GPU_HARDWARE)];
}

/** Folders that hold the system's programs already, whatever else is shown. */
export function isOfSystem(path: string): boolean {
  return SYSTEM.some((folder) => path === folder || dirname(`${path}/x`).startsWith(`${folder}/`));
}

import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Doors } from './doors.ts';

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
  { program, closesUserNamespaces }: { readonly program: string; readonly closesUserNamespaces: boolean },
  doors: Doors,
  cwd: string,
  home: string | undefined,
): string[] {
  return [
    program,
    ...['--unshare-all', '--unshare-user'],
    ...(closesUserNamespaces ? ['--disable-userns'] : []),
    ...(doors.network ? ['--share-net'] : []),
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--hostname', 'trial'],
    ...SYSTEM.flatMap(systemFolder),
    ...readOnly([...SETTINGS, ...(doors.network ? NETWORK_SETTINGS : [])].map((name) => `/etc/${name}`)),
    ...readOnly(HARDWARE),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...(doors.gpus ? gpus() : []),
    ...['--bind', doors.temporary, '/tmp'],
    ...(home === undefined ? [] : homeFolder(doors.temporary, home)),
    ...readOnly(doors.read),
    ...doors.hidden.flatMap(covered),
    ...doors.write.flatMap((path) => ['--bind', path, path]),
    ...['--remount-ro', '/', '--chdir', cwd, '--'],
  ];
}

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

/** Git's version as two numbers, since only those decide what it can do. */
export interface GitVersion {
  major: number;
  minor: number;
}

/**
 * Settings that stand over whatever the user configured: everything durable, nothing of the user's run
 * (hooks, signing, file-system monitors), no upkeep started, paths printed as they are.
 */
export function gitSettings(version: GitVersion): string[] {
  const settings = [
    'core.fsync=all',
    'core.hooksPath=/dev/null',
    'core.quotePath=false',
    'core.logAllRefUpdates=false',
    // Empty, not `false`: before 2.36 the value was the name of a program to run.
    'core.fsmonitor=',
    'core.untrackedCache=false',
    // A split index would leave a shared part in the user's git folder.
    'core.splitIndex=false',
    'commit.gpgSign=false',
    'gc.auto=0',
    'maintenance.auto=false',
  ];
  // The older name of the same wish; newer versions warn about it.
  if (!isAtLeast(version, 2, 36)) settings.push('core.fsyncObjectFiles=true');
  return settings.flatMap((setting) => ['-c', setting]);
}

export function isAtLeast(version: GitVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** The surroundings git runs in: ours without any `GIT_*`, then what keeps git quiet, plain and in English, then `extra`. */
export function gitEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    // A study names exact objects; a replacement made later must not change what it measured.
    GIT_NO_REPLACE_OBJECTS: '1',
    ...extra,
  };
}

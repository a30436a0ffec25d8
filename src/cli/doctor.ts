import process from 'node:process';
import type { Command } from 'commander';
import { type Enforcement, enforcementHere } from '../process/enforcement.ts';
import { type Probe, probe } from '../run/probes.ts';
import { EXIT } from './exit.ts';
import { printJson, printLines } from './output.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('try what holds candidates on this machine, and say how to get the rest')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const enforcement = enforcementHere();
      if (!json && process.stderr.isTTY) process.stderr.write('trying, for some seconds\n');
      const probes = await probe(enforcement);
      if (json) printJson({ means: meansOf(enforcement), probes });
      else printLines(linesOf(enforcement, probes));
      process.exitCode = probes.every(({ holds }) => holds) ? EXIT.fine : EXIT.fault;
    });
}

const HELP = `
Each line is tried, not read off a version: a command attempts what no trial may do, and is seen to fail.

Exit code 0 if all of it holds, 1 if something does not.`;

interface Means {
  readonly name: string;
  readonly found: string | undefined;
  /** What to do where it was not found. */
  readonly mend: string;
}

function meansOf({ sandbox, groups, countsProcesses, deathSignal }: Enforcement): Means[] {
  return [
    {
      name: 'sandbox',
      found: sandbox.kind === 'none' ? undefined : sandbox.kind,
      mend: sandbox.kind === 'none' ? `${sandbox.reason}. ${SANDBOX_MEND}` : '',
    },
    {
      name: 'limits',
      found: groups.kind === 'found' ? `control groups, version ${groups.groups.version}` : undefined,
      mend:
        groups.kind === 'found'
          ? ''
          : `${groups.reason}. Memory: each process is bounded by itself, and the sum is looked at five times a second. ${processesText(countsProcesses)}`,
    },
    {
      name: 'end with engine',
      found: deathSignal.length === 0 ? undefined : 'setpriv --pdeathsig',
      mend: 'setpriv (util-linux) is missing: trials of a killed engine end when the study is resumed',
    },
  ];
}

function processesText(areCounted: boolean): string {
  return areCounted
    ? 'Processes: bounded by the system (ulimit in a user namespace)'
    : 'Processes: looked at five times a second, and bounded by nothing in between; bubblewrap on Linux 5.14 or later bounds those of any user but root';
}

const SANDBOX_MEND =
  'Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; Arch: pacman -S bubblewrap. Where it is installed and user ' +
  'namespaces are forbidden: sysctl kernel.unprivileged_userns_clone=1, on Ubuntu an AppArmor profile for /usr/bin/bwrap; ' +
  'in a container --security-opt seccomp=unconfined or --privileged';

function linesOf(enforcement: Enforcement, probes: readonly Probe[]): string[] {
  const means = meansOf(enforcement).map(
    ({ name, found, mend }) => `${name.padEnd(16)} ${found ?? `none: ${mend}`}`,
  );
  const tried = probes.map(({ promise, holds }) => `${holds ? 'holds' : 'FAILS'}  ${promise}`);
  const failed = probes.filter(({ holds }) => !holds).length;
  const sum = failed === 0 ? 'all of it holds' : `${failed} of ${probes.length} do not hold on this machine`;
  return [...means, '', ...tried, '', sum];
}

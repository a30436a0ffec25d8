/** One process as the kernel lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Process group: a signal reaches all of it at once, also what is being forked. */
  readonly group: number;
  /** Session on Linux, process group where sessions are not listed. */
  readonly session: number;
  /** False for a zombie: it holds nothing but its exit status. */
  readonly alive: boolean;
  readonly hasTerminal: boolean;
  /** When it started, in the kernel's units; comparable within one boot of one machine. */
  readonly started: number;
  /** CPU seconds of the process itself, in steps of 0.01 s. */
  readonly ownCpuSeconds: number;
  /** CPU seconds of the children it has waited for, and of theirs. */
  readonly reapedCpuSeconds: number;
}

/** Resident memory of one process, now and at its highest. */
export interface ProcessMemory {
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** What this machine knows about its processes. Each question is about this instant; a process that is gone is undefined. */
export interface ProcessTable {
  pids(): number[];
  row(pid: number): ProcessRow | undefined;
  memory(pid: number): ProcessMemory | undefined;
  /** `NAME=value` strings joined by NUL; empty while a process is being replaced by exec, or when it has none. */
  environment(pid: number): string | undefined;
  workingFolder(pid: number): string | undefined;
  /** Names of the files it holds open, as the kernel spells them. */
  openFiles(pid: number): string[];
  /** Names this boot of the machine, since pids and start times repeat after a reboot. */
  boot(): string;
}

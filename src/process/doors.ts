/** What a command sees of the machine, and what it may do to it. All paths are absolute; what is not named is absent. */
export interface Doors {
  /** Shown at their own place, read-only. Those that are missing are left out. */
  readonly read: readonly string[];
  /** Shown at their own place, to be written to. They must be there. */
  readonly write: readonly string[];
  /** Folders below the system's own of which nothing is seen but what `read` and `write` name. */
  readonly closed: readonly string[];
  /** Below a path of `read`: a folder is shown empty, a file without content. */
  readonly hidden: readonly string[];
  /** An empty folder that stands at /tmp, and in which the home folder lies. */
  readonly temporary: string;
  /** Whether it reaches anything but itself over the network, loopback included. */
  readonly network: boolean;
  /** Whether it sees the machine's GPUs. */
  readonly gpus: boolean;
}

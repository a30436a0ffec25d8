import type { ProcessTable } from './table.ts';
import { linuxProcessTable } from './table-linux.ts';
import { psProcessTable } from './table-ps.ts';

/** The table of the machine this engine runs on. */
export function processTable(): ProcessTable {
  return process.platform === 'linux' ? linuxProcessTable : psProcessTable();
}

import type { Program } from '../model/program.ts';
import { readProgramFile } from './program.ts';

/**
 * The prose of a lab's `program.md` as it stands now: it may be edited while a study runs, and is heard. Its front matter holds until the
 * next start. While the file cannot be read, or is half written, what was read last holds.
 */
export async function proseNow(lab: string, program: Program): Promise<string> {
  try {
    const reading = await readProgramFile(lab);
    return reading.kind === 'program' ? reading.program.prose : program.prose;
  } catch {
    return program.prose;
  }
}

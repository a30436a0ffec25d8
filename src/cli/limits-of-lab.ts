import { readProgramFile } from '../lab/program.ts';
import type { StudyLimit } from '../model/limit.ts';

/** The bounds of a lab's studies as program.md says now; none where it cannot be read, which `ratchet check` explains. */
export async function limitsOfLab(lab: string): Promise<readonly StudyLimit[]> {
  const reading = await readProgramFile(lab);
  return reading.kind === 'program' ? reading.program.limits : [];
}

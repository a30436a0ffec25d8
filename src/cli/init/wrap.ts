import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startsWithFrontMatter } from '../../lab/front-matter.ts';
import { PROGRAM_FILE, readProgram } from '../../lab/program.ts';
import { type LabPlan, programText } from './plan.ts';
import { KARPATHY_FRONT_MATTER } from './templates.ts';

/** What stands where `program.md` goes. */
export type ExistingProgram =
  | { readonly kind: 'none' }
  | { readonly kind: 'prose'; readonly bytes: Buffer }
  | { readonly kind: 'program' };

export async function existingProgram(folder: string): Promise<ExistingProgram> {
  try {
    const bytes = await readFile(join(folder, PROGRAM_FILE));
    return startsWithFrontMatter(bytes.toString('utf8')) ? { kind: 'program' } : { kind: 'prose', bytes };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { kind: 'none' };
    throw new Error(`cannot read ${join(folder, PROGRAM_FILE)}`, { cause });
  }
}

/** Writes the program of a plan; prose that is there already stays below it, byte for byte. */
export async function writePlan(folder: string, plan: LabPlan, existing: ExistingProgram): Promise<void> {
  const text = existing.kind === 'prose' ? programText(plan, '') : programText(plan);
  await writeProgram(folder, text, existing);
}

/** Puts the front matter for a karpathy/autoresearch checkout above its `program.md`. */
export async function wrapKarpathy(folder: string, existing: ExistingProgram): Promise<void> {
  const template = await readFile(KARPATHY_FRONT_MATTER, 'utf8');
  // All cores to one trial: slots follow from cores, and there is one GPU.
  await writeProgram(folder, template.replace('cpus: 1,', `cpus: ${availableParallelism()},`), existing);
}

/** In one step, so that an interruption leaves the old file or the new one. */
async function writeProgram(folder: string, frontMatter: string, existing: ExistingProgram): Promise<void> {
  const prose = existing.kind === 'prose' ? existing.bytes : Buffer.alloc(0);
  const bytes = Buffer.concat([Buffer.from(frontMatter), prose]);
  const reading = readProgram(bytes.toString('utf8'));
  if (reading.kind === 'mistakes') {
    const [first] = reading.mistakes;
    throw new Error(`init wrote a program that cannot be read: line ${first?.line}: ${first?.problem}`);
  }
  const target = join(folder, PROGRAM_FILE);
  const temporary = `${target}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`cannot write ${target}`, { cause });
  }
}

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makeStateFolder, STATE_FOLDER } from '../lab/folder.ts';
import { BOUNDS } from '../model/bound.ts';
import type { StudyState } from '../model/study.ts';

const FOLDER = 'guidance';

/** An idea of a person's in words, for those who can read: it goes along with the next briefs. */
const guidanceSchema = z.strictObject({
  idea: z.string().min(1).max(BOUNDS.hypothesis),
  /** When it was left, in milliseconds since 1970. */
  at: z.int().min(0),
});
type Guidance = z.infer<typeof guidanceSchema>;

/** Proposals that models make with it in their brief: by then it was tried, or is not to their liking. */
export const CARRIED = 20;
/** Of those that were left, the newest are looked at. */
const MOST = 50;

/** @param at milliseconds since 1970 */
export function leaveGuidance(lab: string, idea: string, at: number): void {
  const folder = join(makeStateFolder(lab), FOLDER);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${String(at).padStart(14, '0')}.json`);
  writeFileSync(`${file}.part`, JSON.stringify({ idea, at } satisfies Guidance), { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

/** What people said and models have not made enough of yet, oldest first. */
export function openGuidance(lab: string, state: StudyState): string[] {
  return guidanceIn(lab).flatMap(({ idea, at }) => (proposedSince(state, at) < CARRIED ? [idea] : []));
}

function guidanceIn(lab: string): Guidance[] {
  const folder = join(lab, STATE_FOLDER, FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names
    .sort()
    .slice(-MOST)
    .flatMap((name) => readGuidance(join(folder, name)) ?? []);
}

/** Undefined for what somebody else left there. */
function readGuidance(file: string): Guidance | undefined {
  try {
    return guidanceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** How much those who read briefs have proposed since. */
function proposedSince({ experiments, spending }: StudyState, at: number): number {
  let count = 0;
  for (const { proposal, proposedAt } of experiments.values()) {
    const { origin } = proposal;
    if (proposedAt > at && origin.kind === 'researcher' && spending.has(origin.name)) count += 1;
  }
  return count;
}

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { StudyFolder } from '../lab/folder.ts';

/** What another terminal can ask of the engine at work. */
export const WISHES = ['pause', 'resume', 'stop', 'stop-now'] as const;
export type Wish = (typeof WISHES)[number];

const wishSchema = z.strictObject({ wish: z.enum(WISHES) });

/** Leaves a wish for the engine, which looks every half second. The last wish wins. */
export function leaveWish(folder: StudyFolder, wish: Wish): void {
  const draft = `${folder.request}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ wish })}\n`);
  renameSync(draft, folder.request);
}

/** Takes the wish that lies there, if any, so that it is heard once. What cannot be read is dropped. */
export function takeWish(folder: StudyFolder): Wish | undefined {
  let text: string;
  try {
    text = readFileSync(folder.request, 'utf8');
  } catch {
    return undefined;
  }
  rmSync(folder.request, { force: true });
  try {
    return wishSchema.parse(JSON.parse(text)).wish;
  } catch {
    return undefined;
  }
}

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

/** Forgets the wish that lies there: it was for an engine that has ended. */
export function dropWish(folder: StudyFolder): void {
  rmSync(folder.request, { force: true });
}

/** Takes the wish that lies there, if any, so that it is heard once. What cannot be read is dropped. */
export function takeWish(folder: StudyFolder): Wish | undefined {
  let text: string;
  try {
    text = readFileSync(folder.request, 'utf8');
  } catch {
    return undefined;
  }
  dropWish(folder);
  try {
    return wishSchema.parse(JSON.parse(text)).wish;
  } catch {
    return undefined;
  }
}

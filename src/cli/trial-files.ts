import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { type StudyFolder, trialFolder } from '../lab/folder.ts';
import type { TrialId } from '../model/identity.ts';
import type { CurvePoint } from '../model/trial.ts';
import { printable } from '../process/printable.ts';

/** How much of a trial's files is read, in bytes: from the end of its output, the whole of any curve. */
const MOST_OUTPUT = 64 * 2 ** 10;
const MOST_CURVE = 4 * 2 ** 20;

const pointSchema = z.object({ progress: z.number(), values: z.record(z.string(), z.number()) });

/** The last lines of what a trial printed, safe to show; none where its file is gone. */
export function outputTail(study: StudyFolder, trial: TrialId, lines: number): string[] {
  const text = readEnd(trialFolder(study, trial).output, MOST_OUTPUT);
  if (text === undefined || text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .slice(-lines)
    .map((line) => printable(line));
}

/** A trial's curve as its file has it; no points where the file is gone. A line that is no point is left out. */
export function curveOf(study: StudyFolder, trial: TrialId): CurvePoint[] {
  const text = readEnd(trialFolder(study, trial).curve, MOST_CURVE) ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      return pointSchema.parse(JSON.parse(line));
    } catch {
      return [];
    }
  });
}

function readEnd(file: string, most: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, most));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(descriptor);
  }
}
